"""Counts what the server did, for its metrics and its last words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from vidclf.serving.running import ServeSummary

OnBatch = Callable[[int, float], None]
OnAnswer = Callable[[float], None]


@dataclass(slots=True, eq=False)
class Tally:
    """Totals since the server began; all of it belongs to the thread of the event loop."""

    received: int = 0
    """Frames that came."""
    answered: int = 0
    """Frames that were answered."""
    dropped: int = 0
    """Frames that a newer one of their client took the place of."""
    refused: int = 0
    """Frames that could not be answered."""
    on_batch: list[OnBatch] = field(default_factory=list)
    """Each is told how many frames a batch had, and how many seconds it took."""
    on_answer: list[OnAnswer] = field(default_factory=list)
    """Each is told how many seconds passed between a frame's coming and its answer."""

    def batch(self, frames: int, seconds: float) -> None:
        """Note a batch."""
        for told in self.on_batch:
            told(frames, seconds)

    def answer(self, seconds: float) -> None:
        """Note an answer."""
        self.answered += 1
        for told in self.on_answer:
            told(seconds)

    def summary(self) -> ServeSummary:
        """The totals so far."""
        return ServeSummary(
            frames_received=self.received,
            frames_answered=self.answered,
            frames_dropped=self.dropped,
            frames_refused=self.refused,
        )
