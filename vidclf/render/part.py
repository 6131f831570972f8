"""The part of a table that lies between two places of its clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidclf.errors import UsageError
from vidclf.settings import Position
from vidclf.table.columns import FrameColumns
from vidclf.table.table import Table

_NANOSECOND = 1e-9


def part_of(table: Table, *, start: Position | None, end: Position | None) -> Table:
    """The rows from `start` on that stand before `end`, as a run with these bounds writes them.

    Raises:
        UsageError: there is none.
    """
    if start is None and end is None:
        return table
    first = 0 if start is None else _first_row_at(table, start)
    behind = len(table.rows) if end is None else _first_row_at(table, end)
    if first >= behind:
        raise UsageError(
            f"{_told(start, end)}: {table.path} tells of no frame there, {_span(table)}"
        )
    seconds = [*table.rows["timestamp"], table.end_seconds]
    run = table.manifest.settings
    settings = replace(run, start=_text(start) or run.start, end=_text(end) or run.end)
    return replace(
        table,
        columns=FrameColumns(table.rows.iloc[first:behind].reset_index(drop=True)),
        manifest=replace(
            table.manifest,
            frames_read=behind - first,
            end_seconds=float(seconds[behind]),
            settings=settings,
        ),
    )


def check_whole(start: Position | None, end: Position | None) -> None:
    """Refuse places where a clip is copied whole.

    Raises:
        UsageError: there is one.
    """
    if start is not None or end is not None:
        raise UsageError(
            f"--subtitles copies the whole clip, and {_told(start, end)} takes a part: give one"
        )


def _first_row_at(table: Table, place: Position) -> int:
    """The first row at a place or behind it; a nanosecond early counts as there."""
    if place.frame is not None:
        return int(np.searchsorted(table.rows["frame"].to_numpy(), place.frame))
    seconds = table.rows["timestamp"].to_numpy() + _NANOSECOND
    return int(np.searchsorted(seconds, place.seconds or 0.0))


def _told(start: Position | None, end: Position | None) -> str:
    flags = (("--start", start), ("--end", end))
    return " ".join(f"{flag} {place}" for flag, place in flags if place is not None)


def _span(table: Table) -> str:
    first, last = table.rows.iloc[0], table.rows.iloc[-1]
    return (
        f"but of frames {first['frame']}f ({first['timestamp']:g} s) to {last['frame']}f "
        f"({last['timestamp']:g} s)"
    )


def _text(place: Position | None) -> str | None:
    return None if place is None else str(place)
