"""What a header claims and cannot be."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip

from vidclf.sources import open_source

AVI = ClipSpec(codec="mpeg4", frames=6, options={"qscale": "2"})


def avi_of_rate(folder: Path, rate: int, scale: int) -> Path:
    """A clip whose stream header (`strh`) claims `rate` / `scale` frames a second."""
    path = make_clip(folder / "clip.avi", AVI)
    data = bytearray(path.read_bytes())
    struct.pack_into("<II", data, data.index(b"strh") + 28, scale, rate)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("rate", "scale"), [(1_100_000_024, 1), (24 + 2**24, 1), (24, 24 * 10**8), (2**31 + 5, 1)]
)
def test_an_impossible_rate_is_taken_for_unknown(
    tmp_path: Path, rate: int, scale: int, caplog: pytest.LogCaptureFixture
) -> None:
    with open_source(avi_of_rate(tmp_path, rate, scale)) as source:
        times = [frame.pts * frame.time_base for frame in source.frames()]
    assert times == [Fraction(n, 25) for n in range(6)]
    assert source.info.frame_rate == 25
    assert "which cannot be; its frames are timed at 25" in caplog.text


@pytest.mark.parametrize(("rate", "scale"), [(20_000, 1), (1, 3600)])
def test_a_fast_camera_and_a_slow_one_are_believed(
    tmp_path: Path, rate: int, scale: int, caplog: pytest.LogCaptureFixture
) -> None:
    with open_source(avi_of_rate(tmp_path, rate, scale)) as source:
        times = [frame.pts * frame.time_base for frame in source.frames()]
    assert times == [Fraction(n * scale, rate) for n in range(6)]
    assert not caplog.records


@pytest.mark.parametrize("aspect", [(1, 11_787_919), (1000, 1)])
def test_an_impossible_pixel_aspect_is_taken_for_square(
    tmp_path: Path, aspect: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=2, pixel_aspect=Fraction(64, 51)))
    data = bytearray(path.read_bytes())
    struct.pack_into(">II", data, data.index(b"pasp") + 4, *aspect)
    path.write_bytes(data)
    with open_source(path) as source:
        assert source.info.pixel_aspect == 1
    assert "a pixel aspect of {}:{}, which cannot be".format(*aspect) in caplog.text
