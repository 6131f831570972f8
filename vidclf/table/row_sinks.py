"""Where a table's rows go: one line of a table and one class for each kind of file.

A new kind is a class in a module of its own beside this one, a line in `ROW_SINKS`, and one in
tests/table/test_row_sinks.py. It is made where `-o` names a file of its suffix; with a switch of
its name in `Settings`, beside others, too. Modules are imported when a sink is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from pkgutil import resolve_name
from types import TracebackType
from typing import Protocol, Self

from vidclf.core.frames import Prediction
from vidclf.files.names import PREDICTIONS_CSV, PREDICTIONS_PARQUET
from vidclf.files.output_kinds import OutputKind
from vidclf.table.row_formats import RowFormat


class RowSink(Protocol):
    """A file of rows: whole after a clean exit of its context."""

    def write(self, prediction: Prediction) -> None:
        """Append one row.

        Raises:
            OutputError: The disk is full or the file cannot be written.
        """
        ...

    def flush(self) -> None:
        """Hand on to the system the rows that the file can hold one by one.

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


class OpenRowSink(Protocol):
    """A member of the table: the class behind its `opener`."""

    def __call__(self, path: Path, *, rows: RowFormat) -> RowSink:
        """A sink for a file, the one `Staging.add` gave, that is not written before it is entered.

        Args:
            path: The file to write.
            rows: How predictions become rows.
        """
        ...


ROW_SINKS = {
    "table": OutputKind(ending=PREDICTIONS_CSV, suffixes=(".csv",), opener="csv_writer:TableSink"),
    "parquet": OutputKind(
        ending=PREDICTIONS_PARQUET,
        suffixes=(".parquet",),
        opener="parquet_writer:ParquetSink",
        library="pyarrow",
    ),
}
"""Kind → what makes such files; `table` is always made, others where `Settings` asks for them."""


def open_row_sink(kind: str, path: Path, *, rows: RowFormat) -> RowSink:
    """A sink of one of the kinds; see `OpenRowSink`."""
    open_sink: OpenRowSink = resolve_name(f"{__package__}.{ROW_SINKS[kind].opener}")
    return open_sink(path, rows=rows)


class TableFiles:
    """The table of one clip, in every kind of file that is wanted.

    Args:
        paths: Kind → the file to write; kinds that hold no rows are passed over.
        rows: How predictions become rows.
    """

    def __init__(self, paths: Mapping[str, Path], *, rows: RowFormat) -> None:
        wanted = {kind: path for kind, path in paths.items() if kind in ROW_SINKS}
        self._sinks = [open_row_sink(kind, path, rows=rows) for kind, path in wanted.items()]

    def write(self, prediction: Prediction) -> None:
        """Append one row to each file.

        Raises:
            OutputError: The disk is full or a file cannot be written.
        """
        for sink in self._sinks:
            sink.write(prediction)

    def flush(self) -> None:
        """Hand on the rows written so far, as far as a file can hold them one by one.

        Raises:
            OutputError: The disk is full or a file cannot be written.
        """
        for sink in self._sinks:
            sink.flush()

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
