"""All rows as one CSV."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

from vidclf.files.write_errors import explained
from vidclf.table.cells import csv_writer, open_csv
from vidclf.table.column_types import Types, kind_of
from vidclf.table.frame_writer import blocks_of, exact_texts


class CsvOutput:
    """A CSV of the layout that runs write; empty cells are missing.

    Args:
        path: the file; the one `Staging.add` gave.
        types: the columns and their types.
    """

    def __init__(self, path: Path, types: Types) -> None:
        self._path = path
        self._types = types
        self._has_values = kind_of(list(types)) == "values"
        self._stack = ExitStack()

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows that have all columns.

        Raises:
            OutputError: the disk is full or the file cannot be written.
        """
        with explained(self._path, kind="the table"):
            for block in blocks_of(rows):
                cells = [self._texts(block, column) for column in self._types]
                self._writer.writerows(zip(*cells, strict=True))

    def _texts(self, rows: pd.DataFrame, name: str) -> list[str]:
        if name not in rows.columns:
            return [""] * len(rows)
        column = rows[name]
        if self._types[name] == "int64" and column.dtype == "float64":
            return ["" if cell != cell else str(int(cell)) for cell in column.tolist()]
        return exact_texts(column, has_values=self._has_values)

    def __enter__(self) -> Self:
        with explained(self._path, kind="the table"):
            self._writer = csv_writer(self._stack.enter_context(open_csv(self._path)))
            self._writer.writerow(self._types)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError) if exc_type else explained(self._path, kind="the table"):
            self._stack.close()
