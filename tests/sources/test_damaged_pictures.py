"""Pictures whose readers would print what is wrong with them."""

from __future__ import annotations

import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from helpers.clips import numbered_picture, read_number
from PIL import Image

from vidclf.errors import SourceError
from vidclf.sources import open_source


@pytest.fixture(autouse=True)
def printed_warnings(recwarn: pytest.WarningsRecorder) -> None:
    """Warnings are no errors, as in a run."""
    warnings.simplefilter("always")


def numbers(path: Path) -> list[int]:
    with open_source(path) as source:
        return [read_number(frame.picture.rgb()) for frame in source.frames()]


@pytest.mark.parametrize("damaged", [slice(-40, None), slice(20, 32)])
def test_a_tiff_that_cannot_be_read_is_told_once(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    recwarn: pytest.WarningsRecorder,
    damaged: slice,
) -> None:
    path = tmp_path / "scan.tif"
    Image.fromarray(numbered_picture(1)).save(path, compression="tiff_lzw")
    data = bytearray(path.read_bytes())
    data[damaged] = b"" if damaged.stop is None else b"\xff" * 12
    path.write_bytes(data)
    with pytest.raises(SourceError, match="cannot be read as a picture"):
        numbers(path)
    assert capfd.readouterr().err == ""
    assert not recwarn.list


def test_damaged_exif_costs_no_word(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description of some length"
    path = tmp_path / "photo.jpg"
    Image.fromarray(numbered_picture(5)).save(path, exif=exif.tobytes()[:-12])
    assert numbers(path) == [5]
    assert not recwarn.list


def test_of_a_damaged_avif_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.avif"
    Image.fromarray(numbered_picture(1)).save(path, speed=10)
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    for place in range(start, start + 12):
        path.write_bytes(data[:place] + b"\xff" + data[place + 1 :])
        with suppress(SourceError):
            numbers(path)
    assert capfd.readouterr().err == ""
