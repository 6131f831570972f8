"""One true segment, wherever it was read."""

from __future__ import annotations

from dataclasses import dataclass

from vidclf.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSegment:
    """A stretch of a clip in which a label is true."""

    label: str
    """The label, without blanks around it."""
    start_seconds: float
    """When it begins, on the clip's own clock."""
    end_seconds: float
    """The first moment that is no longer in it."""
    origin: str
    """Where it was said, for messages: `dog_segments.csv, line 3`."""
    video: str | None = None
    """The clip's name, where a table has a column for it."""


def checked_segment(
    label: str, start: float, end: float, origin: str, *, video: str | None = None
) -> TrueSegment:
    """A segment that can be: it has a label, and ends after it begins.

    Raises:
        DataError: it cannot.
    """
    if not label.strip():
        raise DataError(f"{origin}: the label is empty; give each segment its label")
    if not start < end:
        raise DataError(
            f"{origin}: {label.strip()!r} begins at {start:g} s and ends at {end:g} s; a segment "
            "ends after it begins"
        )
    return TrueSegment(
        label=label.strip(), start_seconds=start, end_seconds=end, origin=origin, video=video
    )
