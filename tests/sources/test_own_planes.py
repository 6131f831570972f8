"""Facts about pictures that are drawn on in their own memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip, read_number

from vidclf.core.ffmpeg import plane_samples
from vidclf.core.frames import Frame
from vidclf.sources import open_source


def planes_of(frame: Frame) -> list[bytes]:
    made = frame.picture.yuv420()
    assert made is not None
    return [plane_samples(plane).tobytes() for plane in made.planes]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "in.mp4", ClipSpec(frames=30))


def test_what_is_drawn_on_a_frame_at_once_is_in_no_later_one(clip: Path) -> None:
    with open_source(clip) as source:
        wanted = [planes_of(frame) for frame in source.frames()]
    with open_source(clip) as source:
        for frame, planes in zip(source.frames(), wanted, strict=True):
            own = frame.picture.own_yuv420()
            assert own is not None
            assert [plane_samples(plane).tobytes() for plane in own.planes] == planes
            for plane in own.planes:
                plane_samples(plane)[:] = 255


def test_samples_that_the_decoder_is_done_with_are_not_copied(clip: Path) -> None:
    with open_source(clip) as source:
        *_, picture = [frame.picture for frame in source.frames()]
    before = [plane.buffer_ptr for plane in picture.native.planes]
    own = picture.own_yuv420()
    assert own is not None
    assert [plane.buffer_ptr for plane in own.planes] == before


def test_planes_are_upright_where_the_decoder_leaves_the_last_row_first(tmp_path: Path) -> None:
    spec = ClipSpec(codec="amv", pixel_format="yuvj420p", options={})
    with open_source(make_clip(tmp_path / "in.avi", spec)) as source:
        own = [frame.picture.own_yuv420() for frame in source.frames()]
    numbers = [read_number(made.to_ndarray(format="rgb24")) for made in own if made is not None]
    assert numbers == list(range(spec.frames))
