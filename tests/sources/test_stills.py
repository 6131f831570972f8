"""What is one picture is told from what moves, also where it is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.clips import numbered_picture
from PIL import Image

from vidclf.errors import SourceError
from vidclf.sources import ClipLocation, open_source
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
