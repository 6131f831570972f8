"""Progress bars with frames/s and time left, on a terminal."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from vidclf.core.frames import Frame, VideoInfo
from vidclf.core.printable import printable
from vidclf.inference.expected_frames import expected_frames
from vidclf.settings import Position


class Bar:
    """A tqdm bar that log lines do not break; silent unless `shown`."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
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

    def stopped(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class FrameBar(Bar):
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
        super().__init__(shown=shown)
        self._start, self._end = start, end
        self._whole = whole
        self._name = ""

    def started(self, name: str) -> None:
        """Remember what the next bar is for."""
        self._name = name

    def frame(self, info: VideoInfo, frame: Frame) -> None:
        """Count one frame; the first one brings the bar."""
        if not self._shown:
            return
        if self._bar is None:
            total = expected_frames(info, start=self._start, end=self._end) if self._whole else None
            self._bar = new_bar(self._name, total)
        self._bar.update(1)


class TableBar(Bar):
    """A tqdm bar over tables, for each stage of a join; silent unless `shown`."""

    _stage = ""

    def table(self, stage: str, count: int) -> None:
        """Count one of so many tables; the first one of a stage brings the bar."""
        if not self._shown:
            return
        if stage != self._stage:
            self.stopped()
            self._bar, self._stage = new_bar(stage, count, unit=" tables"), stage
        self._bar.update(1)


class ExampleBar(Bar):
    """A tqdm bar over labelled examples; silent unless `shown`."""

    def example(self, done: int, total: int) -> None:
        """So many of all are done; the first ones bring the bar."""
        if not self._shown:
            return
        if self._bar is None:
            self._bar = new_bar("evaluate", total, unit=" examples")
        self._bar.update(done - self._bar.n)


def new_bar(name: str, total: int | None, *, unit: str = " frames") -> Any:
    """A bar of frames, or of other things, which is removed when it ends."""
    from tqdm import tqdm

    return tqdm(
        total=total,
        desc=printable(name)[-40:],
        unit=unit,
        dynamic_ncols=True,
        leave=False,
        smoothing=0.1,
    )
