"""The tables that a name stands for: itself, those of a folder, those that wildcards match."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from vidclf.errors import SourceError
from vidclf.files.local_files import is_folder
from vidclf.files.names import PREDICTIONS_CSV, PREDICTIONS_PARQUET, table_order
from vidclf.files.places import Place, named_places
from vidclf.remote.listing import files_below
from vidclf.remote.path import RemotePath

PathLike = str | os.PathLike[str]

_ENDINGS = (PREDICTIONS_PARQUET, PREDICTIONS_CSV)
_RUN_SECONDS = 1.0
"""How far apart the last changes of a run's two tables may be."""
_UPLOAD_SECONDS = 60.0
"""The same of what is uploaded."""


def named_tables(tables: PathLike | Iterable[PathLike]) -> Iterator[Place]:
    """The tables that one name or several stand for, in the order of the names."""
    for named in [tables] if isinstance(tables, str | os.PathLike) else tables:
        yield from table_files(named)


def table_files(named: PathLike) -> Iterator[Place]:
    """The tables that a name stands for: itself, or those in a folder and below it, by name.

    `*` and its like stand for the files that they match. Folders are read as tables are asked for,
    so that a hundred thousand of them need not be held at once.

    Where CSV and Parquet lie side by side, Parquet is quicker to read; but a CSV that was changed
    since the run, as in a spreadsheet, is meant.

    Raises:
        SourceError: there is none, or a folder cannot be read.
        UsageError: it is a live input.
    """
    for place in named_places(named):
        yield from _tables_at(place)


def _tables_at(place: Place) -> Iterator[Place]:
    """The table at a place, or those in the folder that is there and below it."""
    if not is_folder(place):
        yield place
        return
    is_empty = True
    for table in _remote_tables(place) if isinstance(place, RemotePath) else _local(place):
        is_empty = False
        yield table
    if is_empty:
        raise SourceError(f"{place} holds no table: their names end in {' or '.join(_ENDINGS)}")


def _local(folder: Path) -> Iterator[Path]:
    return map(Path, _tables_below(os.fspath(folder)))


def _remote_tables(folder: RemotePath) -> Iterator[RemotePath]:
    """The tables in a folder elsewhere and below it, in the order of names."""
    tables = (file for file in files_below(folder) if file.name.endswith(_ENDINGS))
    seconds = groupby(tables, key=lambda table: (table.parent, table_order(table.stem)[0]))
    ordered = (file for _, of_second in seconds for file in sorted(of_second, key=_number))
    for _, alike in groupby(ordered, key=lambda table: table.with_suffix("")):
        paths = list(alike)
        yield paths[0] if len(paths) == 1 else max(paths, key=_changed_elsewhere)


def _tables_below(folder: str) -> Iterator[str]:
    """The tables in a folder and below it, in the order of names."""
    try:
        with os.scandir(folder) as entries:
            found = [place for entry in entries if (place := _place(entry))]
    except OSError as exc:
        raise SourceError(f"cannot read the folder {folder} ({exc.strerror})") from exc
    places = sorted(found, key=lambda place: (table_order(place[0]), place))
    for (stem, is_table), alike in groupby(places, key=lambda place: place[:2]):
        paths = [os.path.join(folder, stem + suffix) for *_, suffix in alike]  # noqa: PTH118
        if is_table:
            yield paths[0] if len(paths) == 1 else max(paths, key=_changed)
        else:
            yield from _tables_below(paths[0])


def _place(entry: os.DirEntry[str]) -> tuple[str, bool, str] | None:
    """(name without suffix, whether it is a table, suffix) of a table or a folder; else None."""
    if entry.name.endswith(_ENDINGS) and entry.is_file():
        stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122
        return stem, True, suffix
    return (entry.name, False, "") if entry.is_dir(follow_symlinks=False) else None


def _number(table: RemotePath) -> int:
    return table_order(table.stem)[1]


def _changed(file: str) -> float:
    """When it was changed, where the Parquet file counts as the newer one of a run's two."""
    seconds = os.stat(file).st_mtime  # noqa: PTH116
    return seconds + (_RUN_SECONDS if file.endswith(PREDICTIONS_PARQUET) else 0)


def _changed_elsewhere(table: RemotePath) -> float:
    """The same of a table elsewhere; uploads of a run's two tables may be farther apart."""
    from vidclf.remote.reading import remote_info

    seconds = (remote_info(table).modified_ns or 0) / 1e9
    return seconds + (_UPLOAD_SECONDS if table.suffix == ".parquet" else 0)
