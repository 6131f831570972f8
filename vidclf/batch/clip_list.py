"""Lists of clips: a row of a table for each clip, with its part, its name, and what is carried.

All rows are looked at before anything is made, so that each broken one is told at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from vidclf.batch.clip_names import part_text, short_places, stem_of_name
from vidclf.batch.clips import Clip, ClipRow
from vidclf.batch.distinct import plain_stem
from vidclf.batch.listed_path import listed_location
from vidclf.dataset.rows import is_still
from vidclf.dataset.table_rows import Cells, TableRow, TableRows, frame_rows, table_rows, text_of
from vidclf.errors import BrokenRowsError, DataError, UsageError
from vidclf.files.places import place_of
from vidclf.settings import Position, Settings
from vidclf.sources.location import ClipLocation
from vidclf.table.carried import CarriedCells, is_own_column, kind_of_cells

if TYPE_CHECKING:
    import pandas as pd

_OF_THE_LIST = ("path", "start", "end", "name")
_RENAMED = {"label": "true_label", "labels": "true_labels"}
"""What is true of a clip → what tables call it, whose own `label` is what was predicted."""


def clips_of_list(
    manifest: str | os.PathLike[str] | pd.DataFrame, settings: Settings
) -> list[Clip]:
    """The clips of a list, in its order, each with a place of its own.

    Args:
        manifest: a CSV or Parquet file, or a DataFrame, with the column `path`, and, if wanted,
            `start`, `end`, `name`, `label` and others, which are carried into the tables.
        settings: the run's, whose start and end hold for rows that say none.

    Raises:
        DataError: it cannot be read, a column cannot be carried, or a row is broken.
        BrokenRowsError: several rows are; `rows` tells of each.
        UsageError: start or end is said by rows and by the settings, too.
    """
    table = _table(manifest)
    carried = _carried(table)
    reader = _RowReader(table, settings)
    read: list[_Row] = []
    faults: list[str] = []
    for row in table.rows:
        try:
            read.append(reader.row(row))
        except DataError as exc:
            faults.append(str(exc))
    _check(table, faults)
    return _clips(read, carried)


def _table(manifest: str | os.PathLike[str] | pd.DataFrame) -> TableRows:
    if not isinstance(manifest, str | os.PathLike):
        return frame_rows(manifest)
    if not os.fspath(manifest):
        raise UsageError("an empty name stands for no list of clips: is a variable unset?")
    return table_rows(place_of(manifest))


def _check(table: TableRows, faults: Sequence[str]) -> None:
    if len(faults) == 1:
        raise DataError(f"{faults[0]}; nothing was made")
    if faults:
        raise BrokenRowsError(
            f"{table.name}: {len(faults)} of {len(table.rows)} rows cannot be taken, and nothing "
            "was made: correct them, or take them out",
            rows=faults,
        )
    if not table.rows:
        raise DataError(f"{table.name} has no row; write one for each clip")


# --- Columns -----------------------------------------------------------------------------------


def _carried(table: TableRows) -> Sequence[CarriedCells]:
    """What is carried of each row.

    Raises:
        DataError: a column is missing, stands twice, or has a name of the tables' own.
    """
    known = table.known_columns
    if "path" not in known:
        told = ", ".join(map(repr, table.columns))
        raise DataError(
            f"{table.name} has no column 'path'; it has {told}. Give it a first line with path, "
            "and, if wanted, start, end, name, label and others"
        )
    places = [place for place, name in enumerate(known) if name and name not in _OF_THE_LIST]
    names = [_RENAMED.get(known[place], table.columns[place]) for place in places]
    _check_names(table, names)
    texts = [[text_of(_cell(row, place)) for place in places] for row in table.rows]
    kinds = tuple(kind_of_cells([row[i] for row in texts]) for i in range(len(places)))
    return [CarriedCells(names=tuple(names), kinds=kinds, texts=tuple(row)) for row in texts]


def _check_names(table: TableRows, names: Sequence[str]) -> None:
    """See that each column has a name of its own, and none of a table's."""
    known = table.known_columns
    if doubled := next((name for name in known if name and known.count(name) > 1), None):
        raise DataError(f"{table.name}: the column {doubled!r} stands there twice; rename one")
    if clash := next(
        (name for name in known if name in _RENAMED.values() and names.count(name) > 1), None
    ):
        own = next(name for name, renamed in _RENAMED.items() if renamed == clash)
        raise DataError(
            f"{table.name}: the column {own!r} is called {clash!r} in tables, whose own {own!r} is "
            f"what was predicted, and there is a column {clash!r}, too; rename or drop one"
        )
    if clash := next(filter(is_own_column, names), None):
        raise DataError(
            f"{table.name}: the tables of clips have a column {clash!r} of their own; rename it, "
            f"as to list_{clash}, or take it out"
        )


def _cell(row: TableRow, place: int) -> object:
    return row.cells[place] if place < len(row.cells) else None


# --- Rows --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What a row says of its clip."""

    source: ClipLocation
    written: str
    """The path as the list has it."""
    start: Position | None
    end: Position | None
    name: str | None
    origin: str


class _RowReader:
    """Reads the rows of a list, and sees that no two are the same."""

    def __init__(self, table: TableRows, settings: Settings) -> None:
        self._table = table
        self._settings = settings
        self._origins: dict[tuple[Any, ...], str] = {}

    def row(self, row: TableRow) -> _Row:
        """What a row says.

        Raises:
            DataError: it is broken; the message says its line.
        """
        cells = self._table.cells(row)
        written = text_of(cells.get("path")).strip()
        source = listed_location(written, self._table.folder, row.origin)
        start, end = (self._place(cells, column, row.origin) for column in ("start", "end"))
        if (start or end) and source.is_local and is_still(source.path):
            raise DataError(f"{row.origin}: {written} is a picture, and has no start or end")
        self._check_order(start, end, row.origin)
        name = text_of(cells.get("name")).strip() or None
        if name is None:
            what = f"{written} with this part" if start or end else written
            self._check_new((source.text, start, end), what, row.origin)
        else:
            stem = stem_of_name(name, row.origin)
            self._check_new((stem.casefold(),), f"the name {name!r}", row.origin)
        return _Row(
            source=source, written=written, start=start, end=end, name=name, origin=row.origin
        )

    def _place(self, cells: Cells, column: str, origin: str) -> Position | None:
        text = text_of(cells.get(column)).strip()
        if not text:
            return None
        if getattr(self._settings, column) is not None:
            raise UsageError(
                f"{origin}: {column} is {text}, and --{column} is given, too: leave the option "
                "out, or the column"
            )
        try:
            return Position.parse(text.replace(",", ".") if self._table.has_commas else text)
        except UsageError as exc:
            raise DataError(f"{origin}: {column}: {exc}") from exc

    def _check_order(self, start: Position | None, end: Position | None, origin: str) -> None:
        start, end = start or self._settings.start, end or self._settings.end
        try:
            replace(self._settings, start=start, end=end)
        except UsageError as exc:
            raise DataError(
                f"{origin}: start {start} is not before end {end}; a part ends after it begins"
            ) from exc

    def _check_new(self, key: tuple[Any, ...], what: str, origin: str) -> None:
        first = self._origins.setdefault(key, origin)
        if first != origin:
            remedy = "give it another" if len(key) == 1 else "give each row a name"
            raise DataError(f"{origin}: {what} stands in {_short(first)}, too; {remedy}")


def _short(origin: str) -> str:
    """`line 3` of `clips.csv, line 3`."""
    return origin.rpartition(", ")[2]


# --- Clips -------------------------------------------------------------------------------------


def _clips(rows: Sequence[_Row], carried: Sequence[CarriedCells]) -> list[Clip]:
    """The clips of rows.

    Raises:
        DataError: a row without a name is called as another one is named.
    """
    places = iter(short_places([(row.source, row.written) for row in rows if row.name is None]))
    stems = {stem_of_name(row.name, row.origin): row.origin for row in rows if row.name}
    given = {stem.casefold(): origin for stem, origin in stems.items()}
    clips = []
    for row, columns in zip(rows, carried, strict=True):
        if row.name is None:
            place, stem = part_text(next(places), row.start, row.end), None
            if origin := given.get(plain_stem(place).casefold()):
                raise DataError(
                    f"{row.origin}: {place} is called as {_short(origin)} names its clip; give "
                    "this row a name, too"
                )
        else:
            place, stem = row.name, stem_of_name(row.name, row.origin)
        told = ClipRow(start=row.start, end=row.end, stem=stem, columns=columns)
        clips.append(Clip(named=row.source, place=place, row=told))
    return clips
