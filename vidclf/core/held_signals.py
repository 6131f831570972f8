"""Signals that wait until something is done that must not be cut in two."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""What asks a program to stop; Windows knows no SIGHUP."""


@contextmanager
def signals_held() -> Iterator[None]:
    """Let requests to stop wait until the block is done; then they reach the program's handlers.

    Python runs handlers in the main thread alone. In any other one nothing can cut in, and nothing
    is changed. What a program ignores, or handles in C, stays as it is.
    """
    if current_thread() is not main_thread():
        yield
        return
    hold = _Hold()
    try:
        hold.begin()
        yield
    finally:
        hold.end()


class _Hold:
    """Stands in for the handlers of a program, and calls them when it ends."""

    def __init__(self) -> None:
        self._handlers: dict[int, signal._HANDLER] = {}
        self._waiting: dict[int, FrameType | None] = {}
        self._is_over = False

    def begin(self) -> None:
        for number in STOPPING:
            handler = signal.getsignal(number)
            if handler is not None and handler != signal.SIG_IGN:
                self._handlers[number] = handler
                signal.signal(number, self)

    def end(self) -> None:
        self._is_over = True
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        for number, frame in self._waiting.items():
            self._hand_on(number, frame)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self._is_over:  # one that came while the handlers were put back
            self._hand_on(number, frame)
        else:
            self._waiting[number] = frame

    def _hand_on(self, number: int, frame: FrameType | None) -> None:
        handler = self._handlers[number]
        if callable(handler):
            handler(number, frame)
        else:  # the system's own way, which is to end the process
            signal.signal(number, handler)
            signal.raise_signal(signal.Signals(number))
