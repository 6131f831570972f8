"""Warnings belong to the run that they are about, whatever of them is printed.

A module that warns of something gets its logger here. Its warnings go to Python's logging as usual,
and into the record of the run that the warning thread works for, even where the user asked for
silence. Two clips that are annotated in two threads at once have a record each.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any


class RunWarnings:
    """The distinct warnings of one run, in the order in which they came.

    Args:
        logged: Whether they go to Python's logging, too.
    """

    def __init__(self, *, logged: bool = True) -> None:
        self.logged = logged
        self._messages: dict[str, None] = {}
        self._lock = Lock()

    @property
    def messages(self) -> list[str]:
        """The warnings so far, as sentences."""
        with self._lock:
            return list(self._messages)

    def add(self, message: str) -> None:
        """Add a warning, unless it is there already."""
        with self._lock:
            self._messages[message] = None


_current: ContextVar[RunWarnings | None] = ContextVar("vidclf_run_warnings", default=None)
"""The run that this thread works for; a thread that helps another one has to copy its context."""


@contextmanager
def record_warnings(*, logged: bool = True) -> Iterator[RunWarnings]:
    """Record the warnings of what is done inside the block, as those of one run.

    Args:
        logged: Whether they go to Python's logging, too.
    """
    warnings = RunWarnings(logged=logged)
    token = _current.set(warnings)
    try:
        yield warnings
    finally:
        _current.reset(token)


class RunLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose warnings are recorded for the current run, at any level of logging."""

    def warning(self, msg: object, *args: object, **options: Any) -> None:
        """Log a warning and record it."""
        if (warnings := _current.get()) is not None:
            warnings.add(str(msg) % args if args else str(msg))
            if not warnings.logged:
                return
        super().warning(msg, *args, **{"stacklevel": 2, **options})

    def process(self, msg: Any, kwargs: Any) -> tuple[Any, Any]:
        """Leave the message as it is."""
        return msg, kwargs


def get_logger(name: str) -> RunLogger:
    """The logger of a module; `name` is its `__name__`."""
    return RunLogger(logging.getLogger(name), {})
