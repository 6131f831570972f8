"""Progress bars with frames/s and time left, on a terminal."""

from __future__ import annotations

from contextlib import ExitStack
from math import ceil
from types import TracebackType
from typing import Any, Self

from vidclf.core.frames import Frame, VideoInfo
from vidclf.core.printable import printable
from vidclf.settings import Position


class Bars:
    """One tqdm bar for the clip at work; silent unless `shown`.

    Args:
        shown: whether anything is printed.
        start: the first place that is kept; None for the beginning.
        end: the first place that is no longer kept; None for the end.
        whole: whether all between them is read, so that the time left can be told.
    """

    def __init__(
        self,
        *,
        shown: bool,
        start: Position | None = None,
        end: Position | None = None,
        whole: bool = True,
    ) -> None:
        self._shown = shown
        self._start, self._end = start, end
        self._whole = whole
        self._name = ""
        self._bar: Any = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if self._shown:
            from tqdm.contrib.logging import logging_redirect_tqdm

            self._stack.enter_context(logging_redirect_tqdm())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stopped()
        self._stack.close()

    def started(self, name: str) -> None:
        """Remember what the next bar is for."""
        self._name = name

    def frame(self, info: VideoInfo, frame: Frame) -> None:
        """Count one frame; the first one brings the bar."""
        if not self._shown:
            return
        if self._bar is None:
            self._bar = _bar(self._name, self._total(info) if self._whole else None)
        self._bar.update(1)

    def _total(self, info: VideoInfo) -> int | None:
        """How many frames there are to be, as far as the header tells."""
        first = _frames_before(self._start, info) if self._start else 0
        counts = [_frame_count(info), _frames_before(self._end, info) if self._end else None]
        last = min((count for count in counts if count is not None), default=None)
        return None if last is None else max(last - first, 1)

    def stopped(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _frames_before(place: Position, info: VideoInfo) -> int:
    if place.seconds is None:
        return place.frame or 0
    return max(0, ceil((place.seconds - info.start_seconds) * float(info.frame_rate)))


def _frame_count(info: VideoInfo) -> int | None:
    if info.frame_count is None and info.duration_seconds:
        return round(info.duration_seconds * float(info.frame_rate))
    return info.frame_count


def _bar(name: str, total: int | None) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=total,
        desc=printable(name)[-40:],
        unit=" frames",
        dynamic_ncols=True,
        leave=False,
        smoothing=0.1,
    )
