"""What a program is given of a server: while it runs, and when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """A server that answers."""

    address: str
    """Where: `http://127.0.0.1:8000`."""
    model: str
    """The model's name, for people."""
    stop: Callable[[], None]
    """Has it answer what is in flight and end; any thread may call it."""


OnStart = Callable[[RunningServer], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSummary:
    """What a server did until it ended."""

    frames_received: int
    """All that came."""
    frames_answered: int
    """Those that have an answer."""
    frames_dropped: int
    """Those that a newer one of their client took the place of."""
    frames_refused: int
    """Those that could not be answered, such as damaged pictures."""
