"""Progress bars with frames/s and time left, on a terminal."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from vidclf.core.frames import Frame, VideoInfo
from vidclf.core.printable import printable


class Bars:
    """One tqdm bar for the clip at work; silent unless `shown`.

    Args:
        shown: whether anything is printed.
        whole: whether clips are read from start to end, so that the time left can be told.
    """

    def __init__(self, *, shown: bool, whole: bool = True) -> None:
        self._shown = shown
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
            self._bar = _bar(self._name, _frame_total(info) if self._whole else None)
        self._bar.update(1)

    def stopped(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _frame_total(info: VideoInfo) -> int | None:
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
