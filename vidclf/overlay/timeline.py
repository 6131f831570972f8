"""Which label held when, as one number for each column of pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -2
"""What stands in a column of which nothing is known yet."""


class Timeline:
    """The labels of a clip's whole span, in memory bounded by its columns, however long it is.

    A label holds from the moment it is added until the next one. Where several share a column,
    the one that held longest in it is kept.
    """

    def __init__(self, *, span: tuple[float, float], columns: int) -> None:
        """Spread `span` (start and end, seconds) over `columns` columns."""
        self._start_seconds, self._end_seconds = span
        self._places = [UNKNOWN] * columns
        self._place: int | None = None
        self._now_seconds = -math.inf
        self._open_column = -1
        self._held_seconds: dict[int, float] = {}
        self._changed = (columns, 0)

    @property
    def places(self) -> NDArray[np.int32]:
        """(columns,) the label of each, as the place of its colour; a copy."""
        return np.array(self._places, np.int32)

    def places_between(self, first: int, end: int) -> tuple[int, ...]:
        """The same of columns from the first to before the end; unknown where there are none."""
        before = [UNKNOWN] * (min(end, 0) - min(first, 0))
        known = self._places[max(0, first) : max(0, end)]
        return (*before, *known, *[UNKNOWN] * (end - first - len(before) - len(known)))

    def column_at(self, pts_seconds: float) -> int:
        """The column in which a time lies; times off the span lie in its first or last one."""
        share = (pts_seconds - self._start_seconds) / (self._end_seconds - self._start_seconds)
        last = len(self._places) - 1
        return int(min(last, max(0, share * (last + 1))))

    def add(self, pts_seconds: float, place: int) -> None:
        """Let a label hold from `pts_seconds` on, or `UNKNOWN`."""
        self.advance(pts_seconds)
        self._place = place
        self._now_seconds = pts_seconds
        self._credit(self.column_at(pts_seconds), self._place, seconds=0.0)

    def advance(self, pts_seconds: float) -> None:
        """Let the latest label hold until `pts_seconds`; nothing happens if that has passed."""
        if self._place is None or pts_seconds <= self._now_seconds:
            return
        first, last = self.column_at(self._now_seconds), self.column_at(pts_seconds)
        if first == last:
            self._credit(first, self._place, seconds=pts_seconds - self._now_seconds)
        else:
            self._credit(
                first, self._place, seconds=self._edge_seconds(first + 1) - self._now_seconds
            )
            self._fill(first + 1, last, self._place)
            self._credit(last, self._place, seconds=pts_seconds - self._edge_seconds(last))
        self._now_seconds = pts_seconds

    def take_changed(self) -> tuple[int, int]:
        """The columns (first, one past the last) that changed since the last call."""
        changed, self._changed = self._changed, (len(self._places), 0)
        return changed

    def _edge_seconds(self, column: int) -> float:
        share = column / len(self._places)
        return self._start_seconds + share * (self._end_seconds - self._start_seconds)

    def _credit(self, column: int, place: int, *, seconds: float) -> None:
        """Count time in a column that may be shared, and give it to the label that held longest."""
        if column != self._open_column:
            self._open_column, self._held_seconds = column, {}
        held = self._held_seconds
        held[place] = held.get(place, 0.0) + max(0.0, seconds)
        self._fill(column, column + 1, max(reversed(held), key=held.__getitem__))

    def _fill(self, first: int, end: int, place: int) -> None:
        wanted = [place] * (end - first)
        if self._places[first:end] != wanted:
            self._places[first:end] = wanted
            self._changed = min(first, self._changed[0]), max(end, self._changed[1])
