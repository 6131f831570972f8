"""The per-frame table: its columns, and reading it back as what is shown when.

docs/tables.md describes each column.
"""

from vidclf.table.carried_rows import RowsWithCells
from vidclf.table.cells import timestamp_text
from vidclf.table.row_formats import (
    ClassRows,
    LabelRows,
    RowFormat,
    ValueRows,
    choose_row_format,
)
from vidclf.table.text_annotations import annotations_from_rows, read_annotations

__all__ = [
    "ClassRows",
    "LabelRows",
    "RowFormat",
    "RowsWithCells",
    "ValueRows",
    "annotations_from_rows",
    "choose_row_format",
    "read_annotations",
    "timestamp_text",
]
