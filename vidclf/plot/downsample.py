"""No more of a long clip than a picture can show: the file stays small, and nothing vanishes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

COLUMNS = 800
"""Parts that the time axis is cut into: one for each quarter of a point in a single column."""
MOST_POINTS = 4 * COLUMNS
"""Curves of no more points are drawn as they are: two minutes of 25 frames a second."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """The range of a curve in each part of the time that holds a frame."""

    seconds: NDArray[np.floating]
    """(M,) the middle of each part."""
    low: Numbers
    """(M,) the lowest number."""
    high: Numbers
    """(M,) the highest number."""
    mean: Numbers
    """(M,) the mean over the frames."""


def as_band(seconds: Numbers, numbers: Numbers, *, start: float, end: float) -> Band | None:
    """A curve as its range over time; None where it has few enough points to be drawn as it is.

    Args:
        seconds: (N,) when each frame is shown, rising.
        numbers: (N,) the curve.
        start: where the time axis begins.
        end: where it ends.
    """
    if len(seconds) <= MOST_POINTS:
        return None
    width = (end - start) / COLUMNS
    part = np.clip(((seconds - start) / width).astype(np.intp), 0, COLUMNS - 1)
    first = np.flatnonzero(np.append(True, part[1:] != part[:-1]))
    counts = np.diff(first, append=len(part))
    return Band(
        seconds=start + (part[first] + 0.5) * width,
        low=np.minimum.reduceat(numbers, first),
        high=np.maximum.reduceat(numbers, first),
        mean=np.add.reduceat(numbers, first) / counts,
    )


def as_seen(spans: Numbers, *, least: float) -> Numbers:
    """Spans as they can be seen: none shorter than `least` seconds, nor nearer than that.

    Args:
        spans: (K, 2) begin and end in seconds, in order, apart.
        least: the shortest to be seen.
    """
    if not len(spans):
        return spans
    ends = np.maximum.accumulate(np.maximum(spans[:, 1], spans[:, 0] + least))
    first = np.flatnonzero(np.append(True, spans[1:, 0] - ends[:-1] >= least))
    return np.column_stack([spans[first, 0], ends[np.append(first[1:], len(spans)) - 1]])
