"""The per-frame table, written row by row as predictions come."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from vidclf.core.frames import Prediction
from vidclf.errors import OutputError
from vidclf.files.staging import shown_path
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


def cannot_write(path: Path, exc: OSError) -> OutputError:
    """What a user is told of a table that cannot be written."""
    reason = exc.strerror or str(exc)
    return OutputError(
        f"cannot write the table {shown_path(path)} ({reason}): free space or use -o"
    )


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
            raise cannot_write(self._path, exc) from exc

    def __enter__(self) -> Self:
        try:
            file = self._path.open("w", encoding="utf-8", newline="")
            self._stack.enter_context(file)
            self._writer = csv.writer(file, lineterminator="\n")
            self._writer.writerow(self._rows.header())
        except OSError as exc:
            raise cannot_write(self._path, exc) from exc
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
                raise cannot_write(self._path, close_exc) from close_exc


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
