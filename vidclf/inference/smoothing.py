"""Scores over time → steadier scores, so that labels don't flicker."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Frame, Prediction, Scores

_NANOSECOND = 1e-9
"""Forgives the rounding of times: a frame that lies on the window's edge is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFrame:
    """A frame with the model's own scores, or without where it was not inferred."""

    frame: Frame
    """The frame."""
    scores: Scores | None
    """(C,) float32 scores, 0 to 1, or values of a regression; None for a skipped frame."""


def smooth(
    scored: Iterable[ScoredFrame], *, window_seconds: float
) -> Iterator[tuple[Frame, Prediction]]:
    """A centred moving average of the scores over time, frame by frame, in order.

    A frame's scores become the mean over the inferred frames whose time is within half a window
    of its own, on either side; at the clip's ends the window is cut, not padded. Frames are held
    back for half a window, no longer. A skipped frame carries the answer of the inferred frame
    before it. A window of 0 leaves the scores as they are.

    Args:
        scored: frames in order of time; the first one must be inferred.
        window_seconds: the whole width of the window.

    Yields:
        Each frame with its prediction.
    """
    half = _half(window_seconds)
    window: deque[tuple[float, Scores]] = deque()
    waiting: deque[ScoredFrame] = deque()
    latest: Prediction | None = None

    def settle(item: ScoredFrame) -> tuple[Frame, Prediction]:
        nonlocal latest
        latest = _inferred(item, window, window_seconds) if item.scores is not None else latest
        if latest is None:
            raise ValueError("the first frame must be inferred")
        return item.frame, _at(item, latest)

    for item in scored:
        now = item.frame.pts_seconds
        while waiting and waiting[0].frame.pts_seconds + half < now:
            yield settle(waiting.popleft())
        waiting.append(item)
        if item.scores is not None:
            window.append((now, item.scores))
    while waiting:
        yield settle(waiting.popleft())


def window_means(
    seconds: NDArray[np.float64],
    scores: Scores,
    centres: NDArray[np.float64],
    *,
    window_seconds: float,
) -> Scores:
    """The mean of the scores around each of some moments, as `smooth` and stored tables have it.

    Args:
        seconds: (N,) times of inferred frames, rising.
        scores: (N, C) their scores.
        centres: (M,) some of these times.
        window_seconds: the whole width of the window; a frame on its edge is in it.

    Returns:
        (M, C) float32: sums are float64, so scores that don't change stay as they are.
    """
    half = _half(window_seconds)
    first = seconds.searchsorted(centres - half)
    last = seconds.searchsorted(centres + half, side="right")
    means = np.empty((len(centres), scores.shape[1]), np.float32)
    for place, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        means[place] = np.add.reduce(scores[start:end], axis=0, dtype=np.float64) / (end - start)
    return means


def _half(window_seconds: float) -> float:
    return window_seconds / 2 + _NANOSECOND


def _inferred(
    item: ScoredFrame, window: deque[tuple[float, Scores]], window_seconds: float
) -> Prediction:
    raw, centre = item.scores, item.frame.pts_seconds
    assert raw is not None
    while window[0][0] < centre - _half(window_seconds):
        window.popleft()
    seconds, scores = zip(*window, strict=True)
    [mean] = window_means(
        np.array(seconds), np.array(scores), np.array([centre]), window_seconds=window_seconds
    )
    return Prediction(index=item.frame.index, pts_seconds=centre, scores=mean, raw=raw)


def _at(item: ScoredFrame, latest: Prediction) -> Prediction:
    """The latest answer, at this frame."""
    if item.scores is not None:
        return latest
    return Prediction(
        index=item.frame.index,
        pts_seconds=item.frame.pts_seconds,
        scores=latest.scores,
        raw=latest.raw,
        inferred=False,
    )
