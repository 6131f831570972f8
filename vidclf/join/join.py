"""Joins tables in two passes: over their heads, which must go together, and over their rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pandas as pd

from vidclf.core.addresses import shown_address
from vidclf.core.held_signals import signals_held
from vidclf.errors import SourceError
from vidclf.files.places import Place, place_of
from vidclf.files.staging import Staging
from vidclf.join.csv_output import CsvOutput
from vidclf.join.destination import Destination
from vidclf.join.plan import JoinPlan, OnTable, plan_join, raise_failures
from vidclf.join.summary import JoinSummary
from vidclf.table.blocks import read_blocks
from vidclf.table.joining import completed
from vidclf.table.named_tables import PathLike, named_tables


class RowsOutput(Protocol):
    """What takes the rows: whole after a clean exit of its context."""

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows that have all columns that vidclf knows.

        Raises:
            OutputError: the disk is full or a file cannot be written.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def join_tables(
    tables: PathLike | Iterable[PathLike],
    output: PathLike,
    *,
    overwrite: bool = False,
    on_table: OnTable | None = None,
) -> JoinSummary:
    """Join tables to one, of any size: the same as `vidclf join TABLE... -o OUTPUT`.

    `read_predictions` reads the same from the output as from the tables. Rows pass in blocks, so
    memory does not grow with them.

    Args:
        tables: tables, and folders, which stand for the tables in them and below.
        output: a `.parquet` or `.csv` file, or a folder (there already, ending in `/`, or without
            a suffix) for Parquet files of whole clips and about a million rows each.
        overwrite: whether what is there already may be replaced.
        on_table: is called at each table, first with `headers` and then with `rows`, and with how
            many tables there are.

    Returns:
        What was joined, and where it is.

    Raises:
        SourceError: a table cannot be read, or (`UnreadableTablesError`) several; nothing is
            written then.
        UsageError: tables are of different kinds, a clip stands in two, or the output cannot be.
        OutputError: the output cannot be written, or is there already.
    """
    named = [tables] if isinstance(tables, str | os.PathLike) else list(tables)
    tell = on_table or (lambda stage, count: None)
    destination = Destination.of(output, inputs=named)
    destination.check_free(overwrite=overwrite)
    files: list[Place] = []
    with Staging(overwrite=overwrite) as staging:
        numbers = count(1)

        def new_file() -> Path:
            files.append(destination.part(next(numbers)))
            return staging.add(files[-1])

        first = new_file()  # before anything is read: what is there already is told at once
        plan = plan_join(destination.apart_from(named_tables(named)), on_table=tell)
        with _open(destination, first, new_file, plan) as rows_output:
            rows = _write(plan, rows_output, on_table=tell)
    with signals_held():
        destination.remove_parts_from(len(files) + 1)
    return JoinSummary(
        output=destination.path,
        files=files,
        tables=len(plan.tables),
        clips=len(plan.clips),
        rows=rows,
        columns=tuple(plan.types),
    )


def _open(
    destination: Destination, first: Path, new_file: Callable[[], Path], plan: JoinPlan
) -> RowsOutput:
    if destination.kind == "csv":
        return CsvOutput(first, plan.types)
    from vidclf.join.parquet_output import ParquetOutput, PartsOutput

    if destination.kind == "parquet":
        return ParquetOutput(first, plan.types)
    return PartsOutput(first, new_file, plan.types)


def _write(plan: JoinPlan, output: RowsOutput, *, on_table: OnTable) -> int:
    """Write the rows of all tables; after a bad one, only look for others that are."""
    total = 0
    failures: list[SourceError] = []
    for name in plan.tables:
        on_table("rows", len(plan.tables))
        try:
            for rows in read_blocks(place_of(name), plan.texts):
                _check_unchanged(name, rows, plan)
                for video in rows["video"].unique():
                    plan.clips.add_clip(video, shown_address(name))
                if not failures:
                    output.write(completed(rows, list(plan.types)))
                total += len(rows)
        except SourceError as exc:
            failures.append(exc)
    raise_failures(failures, count=len(plan.tables))
    return total


def _check_unchanged(name: str, rows: pd.DataFrame, plan: JoinPlan) -> None:
    if not plan.types.keys() >= {column for column in rows.columns if column}:
        raise SourceError(
            f"the table {shown_address(name)} was changed while it was read: join again"
        )
