"""The per-frame table, written row by row as predictions come."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from vidclf.errors import OutputError
from vidclf.frames import Prediction
from vidclf.sinks.staging import shown_path
from vidclf.table import RowFormat


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
        try:
            self._writer.writerow(self._rows.row(prediction))
        except OSError as exc:
            raise self._error(exc) from exc

    def __enter__(self) -> Self:
        try:
            file = self._path.open("w", encoding="utf-8", newline="")
            self._stack.enter_context(file)
            self._writer = csv.writer(file, lineterminator="\n")
            self._writer.writerow(self._rows.header())
        except OSError as exc:
            raise self._error(exc) from exc
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._stack.close()
        except OSError as close_exc:
            if exc_type is None:
                raise self._error(close_exc) from close_exc

    def _error(self, exc: OSError) -> OutputError:
        reason = exc.strerror or str(exc)
        return OutputError(
            f"cannot write the table {shown_path(self._path)} ({reason}): free space or use -o"
        )
