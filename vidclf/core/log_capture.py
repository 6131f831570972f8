"""Warnings that are logged while a clip is at work, kept for its manifest."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message not in self.messages:
            self.messages.append(message)


@contextmanager
def kept_warnings() -> Iterator[list[str]]:
    """The distinct warnings that vidclf logs inside the block, as they come."""
    collector = _Collector()
    logger = logging.getLogger("vidclf")
    logger.addHandler(collector)
    try:
        yield collector.messages
    finally:
        logger.removeHandler(collector)
