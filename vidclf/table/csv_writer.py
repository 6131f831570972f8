"""The per-frame table, written row by row as predictions come."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from vidclf.core.frames import Prediction
from vidclf.files.write_errors import explained
from vidclf.table import RowFormat


class RowSink(Protocol):
    """A file of rows: whole after a clean exit of its context."""

    def write(self, prediction: Prediction) -> None:
        """Append one row.

        Raises:
            OutputError: The disk is full or the file cannot be written.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


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

    def __enter__(self) -> Self:
        with explained(self._path, kind="the table"):
            file = self._path.open("w", encoding="utf-8", newline="")
            self._stack.enter_context(file)
            self._writer = csv.writer(file, lineterminator="\n")
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


class TableFiles:
    """The table of one clip: CSV, and Parquet where that is wanted.

    Args:
        paths: The files to write by kind, `table` and `parquet`; others are passed over.
        rows: How predictions become rows.
    """

    def __init__(self, paths: Mapping[str, Path], *, rows: RowFormat) -> None:
        self._sinks: list[RowSink] = [TableSink(paths["table"], rows=rows)]
        if "parquet" in paths:
            from vidclf.table.parquet_writer import ParquetSink

            self._sinks.append(ParquetSink(paths["parquet"], rows=rows))

    def write(self, prediction: Prediction) -> None:
        """Append one row to each file.

        Raises:
            OutputError: The disk is full or a file cannot be written.
        """
        for sink in self._sinks:
            sink.write(prediction)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for sink in self._sinks:
                stack.enter_context(sink)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(exc_type, exc, traceback)
