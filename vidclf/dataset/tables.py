"""Tables of labelled pictures and clips: CSV, Parquet and DataFrames."""

from __future__ import annotations

from dataclasses import dataclass

from vidclf.dataset.examples import Example
from vidclf.dataset.rows import RowReader
from vidclf.dataset.table_rows import TableRows


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRows:
    """What a table or folder holds."""

    examples: list[Example]
    """In order; several labels in one cell are one label yet."""
    value_names: tuple[str, ...] = ()
    """What the values of a regression are called."""


def labelled_rows(table: TableRows, *, is_regression: bool) -> LabelledRows:
    """The examples of a table.

    Raises:
        DataError: a column is missing, or a row is wrong; the message says its line.
    """
    reader = RowReader(
        name=table.name,
        folder=table.folder,
        columns=table.known_columns,
        is_regression=is_regression,
        has_commas=table.has_commas,
    )
    examples = [reader.example(table.cells(row), row.origin) for row in table.rows]
    return LabelledRows(examples=examples, value_names=reader.value_names)
