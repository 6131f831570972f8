"""Smoothing: a centred mean over time, whatever the batches were."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.core.frames import Frame, RgbPicture, Scores
from vidclf.inference.smoothing import ScoredFrame, smooth, window_means

PICTURE = RgbPicture(np.zeros((2, 2, 3), np.uint8))


def scored(milliseconds: list[int], values: list[Scores | None]) -> list[ScoredFrame]:
    return [
        ScoredFrame(
            frame=Frame(index=i, pts=ms, time_base=Fraction(1, 1000), picture=PICTURE),
            scores=score,
        )
        for i, (ms, score) in enumerate(zip(milliseconds, values, strict=True))
    ]


def random_scores(count: int, classes: int = 4) -> list[Scores]:
    return list(np.random.default_rng(count).random((count, classes), np.float32))


@given(
    gaps=st.lists(st.integers(1, 400), min_size=1, max_size=40),
    window_ms=st.integers(0, 1500),
)
def test_every_frame_gets_the_mean_of_its_window(gaps: list[int], window_ms: int) -> None:
    times = [int(t) for t in np.cumsum(gaps)]
    values = random_scores(len(times))
    smoothed = list(smooth(scored(times, [*values]), window_seconds=window_ms / 1000))
    assert [frame.index for frame, _ in smoothed] == list(range(len(times)))
    for t, (_, prediction) in zip(times, smoothed, strict=True):
        near = [v for u, v in zip(times, values, strict=True) if abs(u - t) * 2 <= window_ms]
        np.testing.assert_allclose(prediction.scores, np.mean(near, axis=0), atol=1e-6)


def test_a_window_of_zero_leaves_the_scores_alone() -> None:
    values = random_scores(5)
    for (_, prediction), value in zip(
        smooth(scored([0, 10, 20, 30, 40], [*values]), window_seconds=0), values, strict=True
    ):
        np.testing.assert_array_equal(prediction.scores, value)


@given(score=st.floats(0, 1, width=32), count=st.integers(1, 3000))
def test_a_mean_of_equal_scores_is_that_score(score: float, count: int) -> None:
    seconds, scores = np.arange(count) / 30, np.full((count, 1), score, np.float32)
    means = window_means(seconds, scores, seconds[-1:], window_seconds=1000)
    assert means.tolist() == [[score]]


def test_a_single_flicker_is_smoothed_away_and_stays_in_the_raw_label() -> None:
    steady, flicker = np.float32([0.8, 0.2]), np.float32([0.3, 0.7])
    values = [steady, steady, flicker, steady, steady]
    predictions = [
        p for _, p in smooth(scored([0, 40, 80, 120, 160], [*values]), window_seconds=0.5)
    ]
    assert [p.class_id for p in predictions] == [0] * 5
    assert [p.raw_class_id for p in predictions] == [0, 0, 1, 0, 0]
    assert predictions[2].raw_confidence == pytest.approx(0.7)


@given(stride=st.integers(1, 7), count=st.integers(1, 40), window_ms=st.integers(0, 600))
def test_skipped_frames_carry_the_answer_before_them(
    stride: int, count: int, window_ms: int
) -> None:
    values = random_scores(count)
    items = scored(
        [40 * i for i in range(count)],
        [value if i % stride == 0 else None for i, value in enumerate(values)],
    )
    predictions = [p for _, p in smooth(items, window_seconds=window_ms / 1000)]
    for i, prediction in enumerate(predictions):
        source = predictions[i - i % stride]
        assert prediction.inferred == (i % stride == 0)
        assert prediction.index == i
        assert prediction.pts_seconds == pytest.approx(0.04 * i)
        np.testing.assert_array_equal(prediction.scores, source.scores)
        assert prediction.raw_class_id == source.raw_class_id


def test_frames_are_held_back_for_half_a_window_only() -> None:
    seen: list[int] = []

    def source() -> list[ScoredFrame]:
        for item in scored([100 * i for i in range(50)], [*random_scores(50)]):
            seen.append(item.frame.index)
            yield item

    behind = [seen[-1] - frame.index for frame, _ in smooth(source(), window_seconds=0.6)]
    assert max(behind) == 4  # 0.3 s is three frames, and the one that shows the window is over
