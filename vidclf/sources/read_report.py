"""What reading a clip met with: counts, and sentences for the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_NOTES = 50
"""A folder of a thousand broken pictures is to be told in less than a thousand sentences."""


@dataclass(slots=True, kw_only=True)
class SourceReport:
    """Counters that a source fills while its `frames()` runs; final once that has ended."""

    packets_read: int = 0
    """Packets that the file handed over; for pictures, files or frames of an animation."""
    packets_lost: int = 0
    """Packets that gave an error instead of a frame, or that the file lists but no longer holds."""
    timestamps_repaired: int = 0
    """Frames whose timestamp was missing or did not increase."""
    frames_decoded: int = 0
    """Frames that came out."""
    end_seconds: float = 0.0
    """When the last of them ends, on the clip's own clock."""
    frames_corrupt: int = 0
    """Frames among them that the decoder marked as damaged and patched up."""
    early_end: str | None = None
    """A sentence where far less was read than the header claims."""
    notes: list[str] = field(default_factory=list)
    """Plain sentences on what else was met."""

    def note(self, sentence: str) -> None:
        """Add a sentence, unless it is there already or there are very many."""
        if sentence not in self.notes and len(self.notes) < MOST_NOTES:
            self.notes.append(sentence)
