"""A clip that is answered while it grows: what `predict` says of its last frame."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from helpers.clip_models import describe
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.frames import Frame, FrameTime, RgbPicture
from vidclf.inference.live import LiveClip
from vidclf.inference.probe import made_up_inputs
from vidclf.inference.smoothing import MOST_LIVE_FRAMES, LiveSmoother, ScoredFrame, smooth
from vidclf.settings import InferenceSettings

PICTURE = RgbPicture(np.zeros((2, 2, 3), np.uint8))


def frame(index: int, milliseconds: int) -> Frame:
    return Frame(index=index, pts=milliseconds, time_base=Fraction(1, 1000), picture=PICTURE)


@given(
    gaps=st.lists(st.integers(1, 400), min_size=1, max_size=25),
    skipped=st.sets(st.integers(1, 24)),
    window_ms=st.integers(0, 1500),
)
def test_each_answer_is_that_of_the_last_frame_of_the_clip_so_far(
    gaps: list[int], skipped: set[int], window_ms: int
) -> None:
    draw = np.random.default_rng(len(gaps))
    scored = [
        ScoredFrame(
            frame=frame(index, int(ms)),
            scores=None if index in skipped else draw.random(4, np.float32),
        )
        for index, ms in enumerate(np.cumsum(gaps))
    ]
    live = LiveSmoother(window_ms / 1000)
    for count, item in enumerate(scored, start=1):
        answer = live.add(item.frame, item.scores)
        *_, (_, last) = smooth(scored[:count], window_seconds=window_ms / 1000)
        np.testing.assert_array_equal(answer.scores, last.scores)
        np.testing.assert_array_equal(answer.raw, last.raw)
        assert (answer.index, answer.inferred) == (last.index, last.inferred)


def test_what_is_kept_for_smoothing_is_bounded() -> None:
    live = LiveSmoother(10)
    scores = np.arange(MOST_LIVE_FRAMES + 400, dtype=np.float32)[:, None]
    for index, row in enumerate(scores):
        answer = live.add(FrameTime(index=index, pts=index, time_base=Fraction(1, 10**9)), row)
    assert answer.scores == pytest.approx(scores[-MOST_LIVE_FRAMES:].mean(axis=0))


@given(count=st.integers(1, 30), size=st.integers(1, 7), stride=st.integers(1, 8))
def test_a_clip_model_is_shown_the_latest_samples(count: int, size: int, stride: int) -> None:
    clip = LiveClip(describe(window=size), InferenceSettings(window_stride=stride))
    pictures = [np.full((24, 32, 3), number, np.uint8) for number in range(count)]
    for number, pixels in enumerate(pictures):
        shown = clip.model_input(pixels)
        assert (shown is not None) == (number % stride == 0)
        if shown is not None:
            so_far = [*range(number + 1)][-size:]
            assert shown[:, 0, 0, 0].tolist() == so_far + [number] * (size - len(so_far))


def test_the_first_frame_is_always_looked_at() -> None:
    clip = LiveClip(describe(window=None), InferenceSettings(stride=3))
    assert clip.is_sampled(frame(0, 0))  # it is damaged, say, and never gets to the model
    assert clip.is_sampled(frame(1, 40))
    clip.model_input(np.zeros((24, 32, 3), np.uint8))
    assert [clip.is_sampled(frame(i, 40 * i)) for i in range(2, 7)] == [
        False, True, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("window", [None, 3])
def test_made_up_pictures_have_the_models_shape_and_all_levels(window: int | None) -> None:
    made = made_up_inputs((24, 32), window)
    pixels = made.pixels
    assert pixels.shape == ((8, 24, 32, 3) if window is None else (8, 3, 24, 32, 3))
    assert pixels.dtype == np.uint8
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert len({picture.tobytes() for picture in pixels}) == len(made.names) == 8
