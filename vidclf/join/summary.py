"""What became of a join."""

from __future__ import annotations

from dataclasses import dataclass

from vidclf.files.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSummary:
    """What was joined, and where it is."""

    output: Place
    """The file, or the folder of the parts."""
    files: list[Place]
    """All files that were written: one, or the parts."""
    tables: int
    """How many tables were joined."""
    clips: int
    """How many clips they hold."""
    rows: int
    """How many rows they have together."""
    columns: tuple[str, ...]
    """The columns of all of them."""

    @property
    def is_folder(self) -> bool:
        """Whether the output is a folder of parts."""
        return self.files != [self.output]
