"""The per-frame table, written row by row as predictions come."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from vidclf.core.frames import Prediction
from vidclf.files.write_errors import explained
from vidclf.table import RowFormat
from vidclf.table.cells import csv_writer, open_csv


class TableSink:
    r"""A CSV file: UTF-8, lines end in `\n`, one row for each prediction in the order written.

    Args:
        path: The file to write; the one `Staging.add` gave.
        rows: How predictions become rows.
    """

    def __init__(self, path: Path, *, rows: RowFormat) -> None:
        self._path = path
        self._rows = rows
        self._stack = ExitStack()

    def write(self, prediction: Prediction) -> None:
        """Append one row.

        Raises:
            OutputError: The disk is full or the file cannot be written.
        """
        with explained(self._path, kind="the table"):
            self._writer.writerow(self._rows.row(prediction))

    def flush(self) -> None:
        """Hand on to the system what was written so far.

        Raises:
            OutputError: The disk is full or the file cannot be written.
        """
        with explained(self._path, kind="the table"):
            self._file.flush()

    def __enter__(self) -> Self:
        with explained(self._path, kind="the table"):
            self._file = self._stack.enter_context(open_csv(self._path))
            self._writer = csv_writer(self._file)
            self._writer.writerow(self._rows.header())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError) if exc_type else explained(self._path, kind="the table"):
            self._stack.close()
