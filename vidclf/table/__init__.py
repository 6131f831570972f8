"""The per-frame table: its columns, and reading it back as what is shown when.

docs/tables.md describes each column.
"""

from vidclf.table.annotations import moments_from_rows, read_moments
from vidclf.table.row_formats import ClassRows, LabelRows, RowFormat, ValueRows, timestamp_text

__all__ = [
    "ClassRows",
    "LabelRows",
    "RowFormat",
    "ValueRows",
    "moments_from_rows",
    "read_moments",
    "timestamp_text",
]
