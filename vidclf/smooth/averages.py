"""Scores over time → their averages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.inference.smoothing import window_means
from vidclf.smooth.intervals import AnswerIntervals
from vidclf.smooth.rules import SmoothingRules
from vidclf.table.cells import rounded_scores

_BLOCK_ROWS = 2**16


def average(scores: Scores, intervals: AnswerIntervals, rules: SmoothingRules) -> Scores:
    """(M, C) scores of inferred frames → their centred or exponential moving average."""
    scores = np.ascontiguousarray(scores)  # frame by frame, where pandas has columns
    if rules.method == "exponential":
        return exponential(scores, intervals, half_life=rules.half_life or 0.0)
    seconds = intervals.seconds
    return window_means(seconds, scores, seconds, window_seconds=rules.window or 0.0)


def exponential(scores: Scores, intervals: AnswerIntervals, *, half_life: float) -> Scores:
    """The causal exponential moving average over uneven time.

    `y[i] = y[i-1] + (1 - 2 ** -(dt / half_life)) * (x[i] - y[i-1])`, `y[0] = x[0]`: EMA with
    `next` interpolation of A. Eckner, "Algorithms for Unevenly Spaced Time Series: Moving Averages
    and Other Rolling Operators". A half-life of 0 leaves the scores as they are.
    """
    steps = np.diff(intervals.seconds)
    with np.errstate(over="ignore"):
        gains = 1 - 2 ** -(steps / half_life) if half_life else np.ones(len(steps))
    averages = scores.copy()
    state = scores[0].astype(np.float64)
    change = np.empty_like(state)
    for place, gain in enumerate(gains.tolist(), start=1):
        np.subtract(scores[place], state, out=change)
        change *= gain
        state += change
        averages[place] = state
    return averages


def as_written(scores: NDArray[np.floating]) -> Scores:
    """Scores with the six decimals that a table has."""
    written = np.empty(scores.shape, np.float32)
    for start in range(0, len(scores), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        written[block] = rounded_scores(scores[block])
    return written
