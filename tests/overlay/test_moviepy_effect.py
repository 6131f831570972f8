"""The compositor: the overlay as a MoviePy effect, at the frame's own time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.clips import read_number
from moviepy import ColorClip, VideoClip, VideoFileClip, vfx

import vidclf
from vidclf.core.annotation import Annotation, Answer
from vidclf.core.frames import Frame, RgbPicture, VideoInfo
from vidclf.errors import SourceError, UsageError
from vidclf.overlay.moviepy_effect import Compositor
from vidclf.overlay.overlay import Overlay

SIZE = (320, 240)


def annotation(seconds: float, label: str, class_id: int, confidence: float = 0.9) -> Annotation:
    answer = Answer(label=label, class_id=class_id, confidence=confidence)
    return Annotation(pts_seconds=seconds, answers=(answer,))


MOMENTS = [annotation(0.0, "cat", 0), annotation(0.5, "dog", 1), annotation(1.0, "cat", 0)]


def grey_clip(seconds: float = 2.0) -> VideoClip:
    return ColorClip(SIZE, (90, 90, 90), duration=seconds)


def test_pictures_change_when_the_label_does() -> None:
    clip = grey_clip().with_effects([vidclf.Annotate(MOMENTS, style="card")])
    shown = {t: clip.get_frame(t).tobytes() for t in (0.0, 0.49, 0.5, 0.99, 1.0, 1.9)}
    assert shown[0.0] == shown[0.49] == shown[1.0] == shown[1.9]
    assert shown[0.5] == shown[0.99] != shown[0.0]


def test_nothing_is_drawn_before_the_first_row() -> None:
    late = [annotation(1.0, "cat", 0)]
    clip = grey_clip().with_effects([vidclf.Annotate(late, style="card")])
    assert (clip.get_frame(0.9) == 90).all()
    assert not (clip.get_frame(1.0) == 90).all()


def test_a_cut_clip_is_told_where_it_starts() -> None:
    clip = grey_clip().with_effects([vidclf.Annotate(MOMENTS, style="card", start=0.5)])
    whole = grey_clip().with_effects([vidclf.Annotate(MOMENTS, style="card")])
    np.testing.assert_array_equal(clip.get_frame(0.0), whole.get_frame(0.5))


def test_the_clip_below_is_left_as_it_is() -> None:
    below = grey_clip()
    below.with_effects([vidclf.Annotate(MOMENTS)]).get_frame(0.2)
    assert (below.get_frame(0.2) == 90).all()


def test_it_stands_between_other_effects() -> None:
    before, annotate = vfx.Resize(0.5), vidclf.Annotate(MOMENTS)
    plain = grey_clip().with_effects([before, annotate]).get_frame(0.2)
    mirrored = grey_clip().with_effects([before, annotate, vfx.MirrorX()]).get_frame(0.2)
    assert plain.shape == (120, 160, 3)
    assert (plain != 90).any()
    np.testing.assert_array_equal(mirrored, plain[:, ::-1])


def test_a_table_may_be_a_file_or_a_frame(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    vidclf.annotate(clip, output=tmp_path, model=str(tiny_model), video=False)
    table = tmp_path / "clip_predictions.csv"
    with VideoFileClip(str(clip), audio=False) as video:
        from_file = video.with_effects([vidclf.Annotate(table)]).get_frame(1.0)
        from_frame = video.with_effects([vidclf.Annotate(pd.read_csv(table))]).get_frame(1.0)
        plain = video.get_frame(1.0)
    np.testing.assert_array_equal(from_file, from_frame)
    assert read_number(from_file) == read_number(plain)
    assert (from_file != plain).any()


def test_both_ways_give_the_same_picture(clip: Path, tiny_model: Path) -> None:
    """The pipeline's compositor and the effect draw the same card on the same frame."""
    answers = Overlay(width=320, height=240, style="card", span=(0.0, 2.0))
    info = VideoInfo(
        path="x", width=320, height=240, time_base=Fraction(1, 10), frame_rate=Fraction(10)
    )
    compositor = Compositor(info, answers, seconds=2.0)
    picture = RgbPicture(np.full((240, 320, 3), 90, np.uint8))
    frame = Frame(index=0, pts=5, time_base=Fraction(1, 10), picture=picture)
    answers.add(MOMENTS[0])
    by_pipeline = compositor.picture(frame, MOMENTS[1], seconds=0.5)
    effect = vidclf.Annotate(MOMENTS, style="card")
    by_effect = grey_clip().with_effects([effect]).get_frame(0.5)
    np.testing.assert_array_equal(by_pipeline, by_effect)


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ([], UsageError, "a table without rows has nothing to draw"),
        (pd.DataFrame({"label": ["cat"]}), SourceError, "has no column timestamp"),
        ("nowhere.csv", SourceError, "cannot read the table nowhere.csv"),
    ],
)
def test_tables_that_cannot_be_drawn(table: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        vidclf.Annotate(table)
