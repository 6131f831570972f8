"""What the readers of CSV and Parquet share: where a row stands in a file, and what it may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice

from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.table.cells import csv_rows
from vidclf.table.column_types import Types

TypesOf = Callable[[Place, Sequence[str]], Types]
"""Says which types the columns of a table have, or raises a `SourceError`."""

RUNNERS_UP = re.compile(r"top\d+_(?:label|confidence)")
"""Columns in which single cells may be empty: a frame may have fewer answers than another."""
TRUE, FALSE = ["True", "TRUE", "true", "1"], ["False", "FALSE", "false", "0"]
"""How truth values may be written."""
TRUTH_VALUES = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
_SEPARATORS = (",", ";", "\t")
WANTED = {
    "bool": "True or False",
    "int32": "a whole number",
    "int64": "a whole number",
    "float32": "a number",
    "float64": "a number",
}
"""Dtype → what a cell of it is called."""


class UnusualTableError(Exception):
    """A table that another reader must look at."""


def where(path: Place, row: int) -> str:
    """A row, counted from 0, as people find it: the line in a text editor, where it is text."""
    if path.suffix.lower() == ".parquet":
        return f"row {row} from 0"
    with local_file(path).open(encoding="utf-8-sig", newline="") as file:
        return f"line {next(islice(csv_rows(file), row + 1, None))[0]}"


def separated_rows(path: Place) -> tuple[str, list[tuple[int, list[str]]]]:
    """What separates the cells of a CSV, and number of the line and cells of each row.

    Rows of empty cells, as spreadsheets leave them, are none.
    """
    with local_file(path).open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        separator = max(_SEPARATORS, key=first.count)
        rows = csv_rows(file, separator=separator)
        return separator, [(line, cells) for line, cells in rows if any(map(str.strip, cells))]


def reason(exc: Exception) -> str:
    """What an error of a library says, in one line."""
    text = getattr(exc, "strerror", None) or str(exc).strip()
    return str(text).splitlines()[-1].strip() if text else type(exc).__name__
