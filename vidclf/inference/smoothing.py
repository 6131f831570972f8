"""Scores over time → steadier scores, so that labels don't flicker."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Frame, FrameTime, Prediction, Scores

_NANOSECOND = 1e-9
"""Forgives the rounding of times: a frame that lies on the window's edge is in it."""
_LEAST_ROWS = 32
MOST_LIVE_FRAMES = 600
"""Half of the widest window, 5 s, at 120 frames a second."""


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
    window = _Window()
    waiting: deque[ScoredFrame] = deque()

    def settle(item: ScoredFrame) -> tuple[Frame, Prediction]:
        return item.frame, window.predict(item.frame, item.scores, window_seconds)

    for item in scored:
        now = item.frame.pts_seconds
        while waiting and waiting[0].frame.pts_seconds + half < now:
            yield settle(waiting.popleft())
        waiting.append(item)
        if item.scores is not None:
            window.add(now, item.scores)
    while waiting:
        yield settle(waiting.popleft())


class LiveSmoother:
    """What `smooth` says of the last frame of a clip, asked at each frame while the clip grows.

    Nothing is known of the frames to come, so the window ends with the frame itself, as it does at
    the end of a clip: it is the half of the window that lies before it. Of more frames than
    `MOST_LIVE_FRAMES` in it the latest count.

    Args:
        window_seconds: the whole width of the window; it may be changed between two frames.
    """

    def __init__(self, window_seconds: float) -> None:
        self.window_seconds = window_seconds
        self._window = _Window(most_frames=MOST_LIVE_FRAMES)

    @property
    def is_empty(self) -> bool:
        """Whether no frame was inferred so far; the first one must be."""
        return self._window.latest is None

    def add(self, frame: FrameTime, scores: Scores | None) -> Prediction:
        """Predict the next frame.

        Args:
            frame: which one; not earlier than the one before.
            scores: as in `ScoredFrame`.
        """
        if scores is not None:
            self._window.add(frame.pts_seconds, scores)
        return self._window.predict(frame, scores, self.window_seconds)


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


class _Window:
    """The scores around the frame that is predicted, and the latest answer.

    They stand in one table, as means want them. When it is full, those that are still in the window
    move to the front of a new one, twice as long as they are.
    """

    def __init__(self, most_frames: int | None = None) -> None:
        self.latest: Prediction | None = None
        self._most_frames = most_frames
        self._seconds: NDArray[np.float64] = np.empty(0)
        self._scores: Scores = np.empty((0, 0), np.float32)
        self._first = self._end = 0

    def add(self, seconds: float, scores: Scores) -> None:
        if self._end == len(self._seconds):
            self._renew(len(scores))
        self._seconds[self._end], self._scores[self._end] = seconds, scores
        self._end += 1
        if self._most_frames is not None:
            self._first = max(self._first, self._end - self._most_frames)

    def predict(self, frame: FrameTime, scores: Scores | None, window_seconds: float) -> Prediction:
        """The next frame's answer; a skipped one carries that of the inferred one before it."""
        if scores is not None:
            self.latest = self._inferred(frame, scores, window_seconds)
            return self.latest
        if self.latest is None:
            raise ValueError("the first frame must be inferred")
        return Prediction(
            index=frame.index,
            pts_seconds=frame.pts_seconds,
            scores=self.latest.scores,
            raw=self.latest.raw,
            inferred=False,
        )

    def _inferred(self, frame: FrameTime, raw: Scores, window_seconds: float) -> Prediction:
        centre = frame.pts_seconds
        while self._seconds[self._first] < centre - _half(window_seconds):
            self._first += 1
        held = slice(self._first, self._end)
        [mean] = window_means(
            self._seconds[held],
            self._scores[held],
            np.array([centre]),
            window_seconds=window_seconds,
        )
        return Prediction(index=frame.index, pts_seconds=centre, scores=mean, raw=raw)

    def _renew(self, classes: int) -> None:
        held = slice(self._first, self._end)
        count = self._end - self._first
        seconds = np.empty(max(_LEAST_ROWS, 2 * count))
        scores = np.empty((len(seconds), classes), np.float32)
        seconds[:count] = self._seconds[held]
        if count:
            scores[:count] = self._scores[held]
        self._seconds, self._scores = seconds, scores
        self._first, self._end = 0, count
