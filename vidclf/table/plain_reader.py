"""Reading a small CSV as vidclf writes it, without pandas, whose import takes longer than that.

Whether what is unusual is right, and what is said of it, is up to the readers that use pandas.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.errors import SourceError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.table.column_types import checked_types
from vidclf.table.columns import PlainColumns, Texts
from vidclf.table.file_formats import RUNNERS_UP, TRUTH_VALUES, UnusualTableError

MOST_BYTES = 4 * 2**20
"""Beyond that pandas is quicker, its import counted."""
_NUMBERS = {
    "float64": re.compile(r"(?:-?\d{1,6}(?:\.\d{1,9})?(?:e[+-]0?\d)?\n)*", re.ASCII),
    "int64": re.compile(r"(?:\d{1,9}\n)*", re.ASCII),
    "int32": re.compile(r"(?:-?\d{1,9}\n)*", re.ASCII),
}
"""Numbers that everybody reads alike: of 15 digits and powers of ten up to 22, one multiplication
or division, as pandas does it, finds the nearest double (Clinger, How to read floating point
numbers accurately, 1990)."""


def plain_columns(path: Place) -> PlainColumns:
    """The columns of a CSV, with the types and values that pandas' reader gives them.

    Raises:
        UnusualTableError: it is large, not a CSV, or has something in it that vidclf would not
            write.
    """
    names, rows = _rows(path)
    try:
        types = checked_types(path, names)
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        return PlainColumns({name: _column(name, types[name], columns[name]) for name in names})
    except (SourceError, ValueError, KeyError) as exc:
        raise UnusualTableError from exc


def _rows(path: Place) -> tuple[list[str], list[list[str]]]:
    """The header, and the cells of all rows."""
    try:
        file = local_file(path)
        if path.suffix.lower() != ".csv" or file.stat().st_size > MOST_BYTES:
            raise UnusualTableError
        with file.open(encoding="utf-8", newline="") as lines:
            names, *rows = csv.reader(lines, strict=True)
    except (SourceError, OSError, ValueError, csv.Error) as exc:
        raise UnusualTableError from exc
    return names, rows


def _column(name: str, kind: str, cells: Sequence[str]) -> NDArray[Any] | Texts:
    if kind == "category":
        return _texts(name, cells)
    if kind == "bool":
        return _truths(cells)
    doubles = kind.replace("float32", "float64")
    if not _NUMBERS[doubles].fullmatch("\n".join(chain(cells, [""]))):
        raise UnusualTableError
    convert = float if doubles == "float64" else int
    return np.array(list(map(convert, cells)), dtype=doubles).astype(kind, copy=False)


def _texts(name: str, cells: Sequence[str]) -> Texts:
    distinct = sorted(set(cells))
    if distinct[0] == "" and RUNNERS_UP.fullmatch(name):
        raise UnusualTableError
    places = {text: place for place, text in enumerate(distinct)}
    codes = np.fromiter(map(places.__getitem__, cells), np.int32, len(cells))
    return Texts(codes=codes, distinct=distinct)


def _truths(cells: Sequence[str]) -> NDArray[np.bool_]:
    if not TRUTH_VALUES.keys() >= set(cells):
        raise UnusualTableError
    return np.fromiter(map(TRUTH_VALUES.__getitem__, cells), np.bool_, len(cells))
