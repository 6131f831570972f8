"""The tables that a name stands for: itself, those of a folder, those that wildcards match."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from vidclf.core.addresses import local_path
from vidclf.core.wildcards import matching_files
from vidclf.errors import SourceError
from vidclf.files.names import PREDICTIONS_CSV, PREDICTIONS_PARQUET

PathLike = str | os.PathLike[str]

_ENDINGS = (PREDICTIONS_PARQUET, PREDICTIONS_CSV)
_RUN_SECONDS = 1.0
"""How far apart the last changes of a run's two tables may be."""


def named_tables(tables: PathLike | Iterable[PathLike]) -> Iterator[Path]:
    """The tables that one name or several stand for, in the order of the names."""
    for named in [tables] if isinstance(tables, str | os.PathLike) else tables:
        yield from table_files(named)


def table_files(named: PathLike) -> Iterator[Path]:
    """The tables that a name stands for: itself, or those in a folder and below it, by name.

    `*` and its like stand for the files that they match. Folders are read as tables are asked for,
    so that a hundred thousand of them need not be held at once.

    Where CSV and Parquet lie side by side, Parquet is quicker to read; but a CSV that was changed
    since the run, as in a spreadsheet, is meant.

    Raises:
        SourceError: there is none, or a folder cannot be read.
        UsageError: it is an address.
    """
    matching = matching_files(named)
    if matching != [named]:
        for path in matching:
            yield from table_files(path)
        return
    path = local_path(named)
    if not os.path.isdir(path):  # noqa: PTH112  # unlike Path's, it bears names that are too long
        yield path
        return
    is_empty = True
    for file in _tables_below(os.fspath(path)):
        is_empty = False
        yield Path(file)
    if is_empty:
        raise SourceError(f"{path} holds no table: their names end in {' or '.join(_ENDINGS)}")


def _tables_below(folder: str) -> Iterator[str]:
    """The tables in a folder and below it, in the order of names."""
    try:
        with os.scandir(folder) as entries:
            places = sorted(place for entry in entries if (place := _place(entry)))
    except OSError as exc:
        raise SourceError(f"cannot read the folder {folder} ({exc.strerror})") from exc
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


def _changed(file: str) -> float:
    """When it was changed, where the Parquet file counts as the newer one of a run's two."""
    seconds = os.stat(file).st_mtime  # noqa: PTH116
    return seconds + (_RUN_SECONDS if file.endswith(PREDICTIONS_PARQUET) else 0)
