"""All rows as one Parquet file, or as a folder of several."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from vidclf.files.write_errors import explained
from vidclf.table.arrow_reader import ARROW_TYPES
from vidclf.table.column_types import Types

GROUP_ROWS = 2**17
GROUP_CELLS = 2**25
"""Of a group of rows, which is held in memory: 128 MiB at most."""
MOST_HELD = 256
"""Blocks of a group that are held apart: tables of a few rows are far larger than their rows."""
PART_ROWS = 2**20
PART_CELLS = 2**28
"""From which a part is full."""


class ParquetOutput:
    """A Parquet file with the types of a run's: texts are dictionaries, what is missing is null.

    Args:
        path: the file; the one `Staging.add` gave.
        types: the columns and their types.
    """

    def __init__(self, path: Path, types: Types) -> None:
        self._path = path
        self._schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in types.items()])
        self._group = max(1, min(GROUP_ROWS, GROUP_CELLS // len(types)))
        self._held: list[pa.Table] = []
        self._count = 0
        self._stack = ExitStack()

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows that have all columns.

        Raises:
            OutputError: the disk is full or the file cannot be written.
        """
        arrays = [_array(rows, field) for field in self._schema]
        self._held.append(pa.Table.from_arrays(arrays, schema=self._schema))
        self._count += len(rows)
        if self._count >= self._group:
            self._flush()
        elif len(self._held) >= MOST_HELD:
            self._held = [self._merged().combine_chunks()]

    def _merged(self) -> pa.Table:
        return pa.concat_tables(self._held).unify_dictionaries()

    def _flush(self) -> None:
        if self._held:
            group = self._merged()
            self._held.clear()
            self._count = 0
            with explained(self._path, kind="the table"):
                self._writer.write_table(group)

    def __enter__(self) -> Self:
        texts = [field.name for field in self._schema if not _is_number(field.type)]
        with explained(self._path, kind="the table"):
            self._writer = self._stack.enter_context(
                pq.ParquetWriter(self._path, self._schema, use_dictionary=texts, compression="zstd")
            )
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError) if exc_type else explained(self._path, kind="the table"):
            if exc_type is None:
                self._flush()
            self._stack.close()


class PartsOutput:
    """Parquet files of about a million rows, each with all rows of its clips.

    Args:
        first: the file of the first part; the one `Staging.add` gave.
        new_part: gives that of the next one.
        types: the columns and their types.
    """

    def __init__(self, first: Path, new_part: Callable[[], Path], types: Types) -> None:
        self._first = first
        self._new_part = new_part
        self._types = types
        self._most = max(1, min(PART_ROWS, PART_CELLS // len(types)))
        self._count = 0
        self._video: Any = None
        self._stack = ExitStack()

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows that have all columns.

        Raises:
            OutputError: the disk is full or a file cannot be written.
        """
        if self._count >= self._most:
            is_next = (rows["video"] != self._video).to_numpy()
            place = int(np.argmax(is_next)) if is_next.any() else len(rows)
            self._append(rows.iloc[:place])
            rows = rows.iloc[place:]
            if len(rows):
                self._stack.close()
                self._open(self._new_part())
        self._append(rows)

    def _append(self, rows: pd.DataFrame) -> None:
        if len(rows):
            self._part.write(rows)
            self._count += len(rows)
            self._video = rows["video"].iloc[-1]

    def _open(self, path: Path) -> None:
        self._part = self._stack.enter_context(ParquetOutput(path, self._types))
        self._count = 0

    def __enter__(self) -> Self:
        self._open(self._first)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(exc_type, exc, traceback)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_primitive(kind))


def _array(rows: pd.DataFrame, field: pa.Field) -> pa.Array:
    if field.name not in rows.columns:
        return pa.nulls(len(rows), field.type)
    column = rows[field.name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy().astype(np.int32)
        places = pa.array(codes, mask=codes < 0)
        return pa.DictionaryArray.from_arrays(places, pa.array(column.cat.categories, pa.string()))
    if _is_number(field.type):
        return pa.array(column.to_numpy(), from_pandas=True).cast(field.type)
    return pa.array([None if pd.isna(cell) else str(cell) for cell in column], pa.string())
