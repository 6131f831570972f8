"""The per-frame table as Parquet, written in groups of rows as predictions come."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vidclf.core.frames import Prediction, Scores
from vidclf.files.write_errors import explained
from vidclf.table import RowFormat
from vidclf.table.arrow_reader import ARROW_TYPES
from vidclf.table.cells import rounded_scores, rounded_seconds
from vidclf.table.column_types import column_types

MOST_ROWS = 65_536
MOST_SCORES = 2**23
"""Of a group of rows, which is held in memory: 32 MiB of scores. The index at the file's end is
held, too, 0.8 kB for each column of each group, so that groups must not be small."""


class ParquetSink:
    """A Parquet file: the columns of the CSV, typed as `read_predictions` gives them.

    Scores and timestamps are rounded as in the CSV, so that both say the same.

    Args:
        path: The file to write; the one `Staging.add` gave.
        rows: How predictions become rows.
    """

    def __init__(self, path: Path, *, rows: RowFormat) -> None:
        self._path = path
        self._rows = rows
        header = rows.header()
        types = {**column_types(header), **rows.carried.types}
        self._schema = pa.schema([(name, ARROW_TYPES[types[name]]) for name in header])
        self._scores = [i for i, name in enumerate(header) if types[name] == "float32"]
        self._others = [i for i, name in enumerate(header) if types[name] != "float32"]
        self._timestamp = self._others.index(header.index("timestamp"))
        self._group = max(1, min(MOST_ROWS, MOST_SCORES // max(1, len(self._scores))))
        self._held: list[list[Any]] = []
        self._held_scores = np.empty((self._group, len(self._scores)), np.float32)
        self._stack = ExitStack()

    def write(self, prediction: Prediction) -> None:
        """Append one row.

        Raises:
            OutputError: The disk is full or the file cannot be written.
        """
        cells = self._rows.values(prediction)
        self._held_scores[len(self._held)] = [cells[i] for i in self._scores]
        others = [cells[i] for i in self._others]
        others[self._timestamp] = rounded_seconds(others[self._timestamp])
        self._held.append(others)
        if len(self._held) == self._group:
            self._flush()

    def flush(self) -> None:
        """Nothing: a Parquet file can be read when it is whole, and not before."""

    def __enter__(self) -> Self:
        texts = [field.name for field in self._schema if not pa.types.is_primitive(field.type)]
        with explained(self._path, kind="the table"):
            self._writer = self._stack.enter_context(
                pq.ParquetWriter(self._path, self._schema, use_dictionary=texts)
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

    def _flush(self) -> None:
        if not self._held:
            return
        scores = self._held_scores[: len(self._held)].T
        columns: dict[int, Any] = dict(
            zip(self._others, zip(*self._held, strict=True), strict=True)
        )
        columns |= {
            i: self._rounded(column) for i, column in zip(self._scores, scores, strict=True)
        }
        arrays = [pa.array(columns[i], field.type) for i, field in enumerate(self._schema)]
        self._held.clear()
        with explained(self._path, kind="the table"):
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def _rounded(self, scores: Scores) -> Scores:
        """Scores as the CSV has them; values as they are."""
        if not self._rows.has_decimals:
            return scores
        return rounded_scores(scores).astype(np.float32)
