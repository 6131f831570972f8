"""What kind of table some columns make, and the type of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from vidclf.errors import SourceError
from vidclf.files.places import Place
from vidclf.table.schema import LABELS, RAW, SCORE, VALUE, lone_rank_column

TableKind = Literal["classes", "labels", "values"]
"""One label a frame; any number of labels a frame; values without labels."""
Types = dict[str, str]
"""Column → the name of its dtype."""

_NEEDED = ("video", "frame", "timestamp")
_NEEDED_OF_LABELS = ("label", "confidence")
_BASE: Types = {"timestamp": "float64", "inferred": "bool", "frame": "int64", "class_id": "int32"}
_TEXTS = re.compile(r"video|label|raw_label|labels|top\d+_label")
_SCORES = re.compile(rf"confidence|raw_confidence|top\d+_confidence|{SCORE}.+")
_VALUES = re.compile(f"(?:{VALUE}|{RAW}).+")


def kind_of(columns: Sequence[str]) -> TableKind:
    """What kind of table has these columns."""
    if "label" not in columns and any(column.startswith(VALUE) for column in columns):
        return "values"
    has_scores = any(column.startswith(SCORE) for column in columns)
    return "labels" if LABELS in columns and has_scores else "classes"


def column_types(columns: Sequence[str]) -> Types:
    """Column → dtype, of the columns that are known."""
    kind = kind_of(columns)
    types: Types = {}
    for column in columns:
        if column in _BASE:
            types[column] = _BASE[column]
        elif is_text(column, kind):
            types[column] = "category"
        elif is_number(column, kind):
            types[column] = "float32"
    return types


def checked_types(path: Place, columns: Sequence[str]) -> Types:
    """The same for the columns of a file.

    Raises:
        SourceError: a column stands twice, is missing, or has no sense without one that is.
    """
    _check_columns(path, columns)
    return column_types(columns)


def is_text(column: str, kind: TableKind) -> bool:
    """Whether a column holds texts; values may be called "label", so `raw_label` is a number."""
    return column == "video" or (kind != "values" and bool(_TEXTS.fullmatch(column)))


def is_number(column: str, kind: TableKind) -> bool:
    """Whether a column holds scores or values."""
    return bool((_VALUES if kind == "values" else _SCORES).fullmatch(column))


def needed_columns(kind: TableKind) -> tuple[str, ...]:
    """The columns without which there is no table."""
    return _NEEDED if kind == "values" else (*_NEEDED, *_NEEDED_OF_LABELS)


def _check_columns(path: Place, columns: Sequence[str]) -> None:
    if doubled := sorted({c for c in columns if c and columns.count(c) > 1}):
        raise SourceError(f"the table {path} has the column {doubled[0]!r} twice: drop one")
    if missing := [name for name in needed_columns(kind_of(columns)) if name not in columns]:
        separator = next((mark for mark in ";\t" if mark in columns[0]), "")
        remedy = (
            f"its columns are separated by {separator!r}, save it with commas and decimal points"
            if len(columns) == 1 and separator
            else f"it has {', '.join(columns[:12])}; docs/tables.md says what they are called"
        )
        raise SourceError(f"the table {path} has no column {', '.join(missing)}: {remedy}")
    if lone := lone_rank_column(columns):
        column, partner = lone
        raise SourceError(
            f"the table {path} has the column {column} and no {partner}: give that its name back, "
            f"or drop {column}, too"
        )
