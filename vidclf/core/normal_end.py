"""Requests to stop that are the normal end of what would go on for ever."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

from vidclf.core.held_signals import STOPPING


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Have the first request to stop end the block's work, and a second one interrupt it as ever.

    Python runs handlers in the main thread alone; in any other one nothing is changed. Nor is what
    the program leaves to the system: without a handler of its own, SIGTERM ends the process.

    Args:
        end: ends the work soon, and takes no lock, as the handler may run at any moment.
    """
    if current_thread() is not main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in STOPPING}
    own = {number: handler for number, handler in handlers.items() if callable(handler)}
    is_asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal is_asked
        if is_asked:
            own[number](number, frame)
        is_asked = True
        end()

    for number in own:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in own.items():
            signal.signal(number, handler)
