"""Reading a table of any length in blocks of rows, each typed and checked as a whole table is."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec

import pandas as pd
from pandas.api import types as kinds

from vidclf.errors import SourceError
from vidclf.files.places import Place
from vidclf.table.column_types import Types, checked_types
from vidclf.table.columns import FrameColumns
from vidclf.table.csv_reader import csv_blocks, csv_head, read_csv_columns
from vidclf.table.file_formats import UnusualTableError
from vidclf.table.parquet_reader import parquet_blocks, parquet_head
from vidclf.table.row_checks import RowChecks

_MOST_ROWS = 65_536
_MOST_CELLS = 2**21
"""Of a block, which is held in memory: some 20 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHead:
    """What is known of a table before its rows are read."""

    columns: tuple[str, ...]
    """Its columns, in order."""
    video: str
    """The clip of its first row."""
    others: Types
    """Columns that vidclf does not know → `int64`, `float64`, `bool`, `str`, or "" if empty."""


def read_head(path: Place) -> TableHead:
    """The head of a table; where it has columns of others' making, all their cells are looked at.

    Raises:
        SourceError: it cannot be read, lacks a column, or has no rows.
    """
    if _is_parquet(path):
        first = parquet_head(path)
        columns, cells = list(first.columns), first.iloc[0].tolist()
    else:
        columns, cells = csv_head(path)
    types = checked_types(path, columns)
    others = [column for column in columns if column and column not in types]
    if not _is_parquet(path):
        first = read_csv_columns(path, others) if others else pd.DataFrame()
    place = columns.index("video")
    return TableHead(
        columns=tuple(columns),
        video=str(cells[place]) if place < len(cells) else "",
        others={column: _plain_type(first[column]) for column in others},
    )


def read_blocks(path: Place, texts: Mapping[str, str] | None = None) -> Iterator[pd.DataFrame]:
    """The rows of a table, in order and in blocks; see `read_predictions` for their types.

    pyarrow, where it is installed, reads what a run wrote, in a quarter of the time; whatever it
    finds unusual is read, or refused, by pandas.

    Args:
        path: the table's file.
        texts: columns of others' making that are read as text → `str`.

    Raises:
        SourceError: a table or a row is not right; what came before was.
    """
    checks, count = RowChecks(path), 0
    with closing(_typed_blocks(path, texts or {})) as blocks:
        for rows in blocks:
            checks.check(FrameColumns(rows))
            count += len(rows)
            yield rows
    if not count:
        raise SourceError(f"the table {path} has no rows")


def _typed_blocks(path: Place, texts: Mapping[str, str]) -> Generator[pd.DataFrame]:
    done = 0
    if find_spec("pyarrow"):
        from vidclf.table.arrow_reader import plain_blocks

        try:
            for rows in plain_blocks(path, most_rows=_MOST_ROWS, most_cells=_MOST_CELLS):
                done += len(rows)
                yield rows
        except UnusualTableError:
            pass
        else:
            return
    for rows in _pandas_blocks(path, texts):
        if len(rows) > done:
            yield rows.iloc[done:] if done else rows
        done = max(0, done - len(rows))


def _pandas_blocks(path: Place, texts: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    def types_of(path: Place, columns: Sequence[str]) -> Types:
        return {**checked_types(path, columns), **texts}

    if _is_parquet(path):
        columns = len(parquet_head(path).columns)
        yield from parquet_blocks(path, checked_types, most_rows=_block_rows(columns))
    else:
        columns = len(csv_head(path)[0])
        yield from csv_blocks(path, types_of, most_rows=_block_rows(columns))


def _block_rows(columns: int) -> int:
    return max(1, min(_MOST_ROWS, _MOST_CELLS // columns))


def _is_parquet(path: Place) -> bool:
    return path.suffix.lower() == ".parquet"


def _plain_type(cells: pd.Series) -> str:
    if kinds.is_bool_dtype(cells.dtype):
        return "bool"
    if cells.isna().all() and not kinds.is_integer_dtype(cells.dtype):
        return ""
    if kinds.is_integer_dtype(cells.dtype):
        return "int64"
    return "float64" if kinds.is_float_dtype(cells.dtype) else "str"
