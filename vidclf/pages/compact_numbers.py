"""Numbers as a page holds them: whole, in columns, each time as its distance from the one before.

    seconds 0.0, 0.04, 0.08 → ticks [0, 400, 400];  scores 0.25, 0.5 → [250, 500]

Short numbers in long columns are what JSON and deflate hold best: 100,000 segments take 1 MB.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

TICKS_PER_SECOND = 10_000
SCORE_STEPS = 1000
"""A score of 1 in a column."""

_ROUNDING = 1e-3


def ticks(seconds: ArrayLike) -> NDArray[np.int64]:
    """Seconds in whole ticks, rounded up, so that a frame's tick is never before the frame."""
    exact = np.asarray(seconds, np.float64) * TICKS_PER_SECOND
    return np.ceil(exact - _ROUNDING).astype(np.int64)


def steps(values: NDArray[np.int64]) -> list[int]:
    """The first number, then the distance of each from the one before."""
    distances: list[int] = np.diff(values, prepend=0).tolist()
    return distances


def scaled(values: ArrayLike, *, low: float, high: float, count: int) -> list[int]:
    """Each value as its place between `low` (0) and `high` (`count`)."""
    span = (high - low) or 1.0
    places = (np.asarray(values, np.float64) - low) / span * count
    whole: list[int] = np.rint(places).astype(np.int64).tolist()
    return whole


def scores(values: Iterable[float]) -> list[int]:
    """Scores of 0 to 1 in steps of a thousandth."""
    return scaled(list(values), low=0.0, high=1.0, count=SCORE_STEPS)
