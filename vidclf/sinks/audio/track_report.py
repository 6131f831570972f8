"""What one audio track lost on its way, and which of its timestamps were not believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from vidclf.core.counting import counted
from vidclf.sinks.audio.clock import AudioPacket


@dataclass(slots=True, kw_only=True)
class Tally:
    """Packets that something happened to, told in one line."""

    count: int = 0
    """How many."""
    first_seconds: float = 0.0
    """Where the first one stood."""
    reason: str = ""
    """What was the matter with that one."""

    def add(self, seconds: Fraction, reason: str = "") -> None:
        """Count a packet."""
        if not self.count:
            self.first_seconds, self.reason = float(seconds), reason
        self.count += 1

    @property
    def packets(self) -> str:
        """How many packets, in words."""
        return counted(self.count, "audio packet")


@dataclass(slots=True, kw_only=True)
class TrackReport:
    """What there is to tell of one track."""

    lost: Tally = field(default_factory=Tally)
    """Packets that could not be kept."""
    misplaced: Tally = field(default_factory=Tally)
    """Packets whose stamps lay far off those around them."""

    def lose(self, packet: AudioPacket, reason: str) -> None:
        """Count a packet that cannot be kept."""
        self.lost.add((packet.dts or 0) * packet.time_base, reason)

    def sentences(self, index: int, path: Path) -> Iterator[str]:
        """What a user is told.

        Args:
            index: Which stream of the clip the track is.
            path: The file that was written.
        """
        if self.misplaced.count:
            yield (
                f"{self.misplaced.packets} of track {index} had timestamps far off those around "
                f"them (the first {self.misplaced.first_seconds:.3f} s) and stand in line in {path}"
            )
        if self.lost.count:
            yield (
                f"{self.lost.packets} of track {index} could not be kept in {path} "
                f"(the first at {self.lost.first_seconds:.3f} s: {self.lost.reason})"
            )
