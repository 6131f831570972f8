"""Scores over time → steadier scores, so that labels don't flicker."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from vidclf.frames import Frame, Prediction, Scores

_NANOSECOND = 1e-9
"""Forgives the rounding of times: a frame that lies on the window's edge is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A frame with the model's own scores, or without where it was not inferred."""

    frame: Frame
    """The frame."""
    scores: Scores | None
    """(C,) float32 scores, 0 to 1, or values of a regression; None for a skipped frame."""


def smooth(
    scored: Iterable[Scored], *, window_seconds: float
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
    half = window_seconds / 2 + _NANOSECOND
    window: deque[tuple[float, Scores]] = deque()
    waiting: deque[Scored] = deque()
    latest: Prediction | None = None

    def settle(item: Scored) -> tuple[Frame, Prediction]:
        nonlocal latest
        latest = _inferred(item, window, half) if item.scores is not None else latest
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


def _inferred(item: Scored, window: deque[tuple[float, Scores]], half: float) -> Prediction:
    centre = item.frame.pts_seconds
    while window[0][0] < centre - half:
        window.popleft()
    near = [scores for seconds, scores in window if seconds <= centre + half]
    raw = item.scores
    assert raw is not None
    return Prediction(
        index=item.frame.index,
        pts_seconds=centre,
        scores=np.mean(near, axis=0, dtype=np.float32) if len(near) > 1 else raw,
        raw=raw,
    )


def _at(item: Scored, latest: Prediction) -> Prediction:
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
