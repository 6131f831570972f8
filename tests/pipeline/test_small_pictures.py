"""Pictures that a file has smaller than the clip: scaled first, then drawn on."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.media_checks import clip_info
from helpers.report_tables import class_rows, with_source, write_table
from PIL import Image

import vidclf
from vidclf.core.annotation import Annotation, Answer
from vidclf.core.frames import Frame, Pixels, RgbPicture
from vidclf.overlay.blend import blend
from vidclf.overlay.overlay import Overlay
from vidclf.pipeline.small_pictures import SmallPictures
from vidclf.sinks.gif.sink import GifSettings, GifSink

CAT = Annotation(pts_seconds=0.0, answers=(Answer(label="cat", class_id=0, confidence=0.9),))


def frame_of(value: int, *, pts: int = 0, size: tuple[int, int] = (1280, 720)) -> Frame:
    picture = RgbPicture(np.full((size[1], size[0], 3), value, np.uint8))
    return Frame(index=pts, pts=pts, time_base=Fraction(1, 24), picture=picture, duration=1)


def test_the_overlay_is_that_of_a_picture_of_the_small_size() -> None:
    small = SmallPictures((480, 270), Overlay(width=480, height=270), color=None)
    wanted = np.full((270, 480, 3), 90, np.uint8)
    blend(wanted, Overlay(width=480, height=270).patches(CAT))
    np.testing.assert_array_equal(small.later(frame_of(90), CAT)(), wanted)


def test_a_frame_that_a_gif_leaves_out_is_not_drawn(tmp_path: Path) -> None:
    info = clip_info(time_base=Fraction(1, 24), frame_rate=Fraction(24))
    drawn: list[int] = []

    def drawing(pts: int) -> Callable[[], Pixels]:
        def draw() -> Pixels:
            drawn.append(pts)
            return np.full((72, 96, 3), 4 * pts, np.uint8)

        return draw

    settings = GifSettings(width=96, fps=12)
    with GifSink(tmp_path / "a.gif", info=info, settings=settings) as sink:
        assert sink.small_size == (96, 72)
        for pts in range(24):
            sink.write(frame_of(0, pts=pts), drawing(pts))
    assert drawn == list(range(0, 24, 2))


@pytest.mark.parametrize(("width", "size"), [(192, None), (480, None), (96, (96, 72))])
def test_a_gif_of_the_clips_size_takes_its_pictures(
    tmp_path: Path, width: int, size: tuple[int, int] | None
) -> None:
    sink = GifSink(tmp_path / "a.gif", info=clip_info(), settings=GifSettings(width=width))
    assert sink.small_size == size


@pytest.fixture
def table(tmp_path: Path) -> Path:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=4, width=960, height=720))
    rows = class_rows([("Egyptian cat", 4, 0.9)])
    return write_table(tmp_path, rows, **with_source(clip))


def first_of_gif(table: Path, name: str, *, hide: str = "") -> Pixels:
    made = vidclf.render_table(
        table, output=table.with_name(name), hide=hide or [], style="card", gif_width=200
    )
    with Image.open(made.outputs["gif"]) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def test_a_small_gif_has_the_card_of_its_own_size(table: Path) -> None:
    shown = first_of_gif(table, "shown.gif")
    plain = first_of_gif(table, "plain.gif", hide="Egyptian cat")
    assert shown.shape == (150, 200, 3)
    changed = np.flatnonzero((np.abs(shown.astype(int) - plain).max(axis=2) > 60).any(axis=1))
    assert np.ptp(changed) + 1 >= 12  # scaled down with the picture, text has 7 rows
