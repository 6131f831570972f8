"""What is one picture is told from what moves, also where it is cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.clips import numbered_picture
from PIL import Image

from vidclf.errors import SourceError
from vidclf.sources import ClipLocation, open_source
from vidclf.sources.still_picture import read_picture
from vidclf.sources.stills import still_suffix


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_a_cut_animation_of_several_pictures_is_no_still(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    first, *others = (Image.fromarray(numbered_picture(n)) for n in range(4))
    first.save(path, save_all=True, append_images=others, duration=50)
    data = path.read_bytes()
    for share in range(10, 101, 6):
        path.write_bytes(data[: len(data) * share // 100])
        try:
            with open_source(path) as source:
                count = len(list(source.frames()))
        except SourceError:
            continue
        if count > 1:
            assert still_suffix(ClipLocation.of(path)) is None


@pytest.mark.parametrize("samples", [np.float32([[0, 0.5, 1]]), np.int32([[0, 70_000, 250_000]])])
def test_samples_that_do_not_say_what_is_white_are_refused(
    tmp_path: Path, samples: np.ndarray
) -> None:
    Image.fromarray(samples).save(tmp_path / "cells.tif")
    with pytest.raises(SourceError, match="do not say what is white: 8 or 16 bits are needed"):
        read_picture(tmp_path / "cells.tif")


def test_16_bits_in_numbers_of_32_are_read(tmp_path: Path) -> None:
    Image.fromarray(np.int32([[0, 0x7F00, 0xFFFF]])).save(tmp_path / "cells.tif")
    assert read_picture(tmp_path / "cells.tif")[0, :, 0].tolist() == [0, 0x7F, 0xFF]
