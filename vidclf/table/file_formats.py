"""The files that tables are read from, CSV and Parquet, and where a row stands in them."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types as kinds

from vidclf.errors import SourceError, UsageError
from vidclf.table.cells import csv_rows

Types = dict[str, str]
"""Column → the name of its dtype, of the columns that are known."""
TypesOf = Callable[[Path, Sequence[str]], Types]
"""Says which types the columns of a table have, or raises a `SourceError`."""

_TRUE, _FALSE = ["True", "TRUE", "true", "1"], ["False", "FALSE", "false", "0"]
_MAY_BE_EMPTY = re.compile(r"top\d+_(?:label|confidence)")
_WHOLE = re.compile(r"\s*([+-]?\d{1,18})(?:\.0*)?\s*", re.ASCII)
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", "")
_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")
_WANTED = {
    "bool": "True or False",
    "int32": "a whole number",
    "int64": "a whole number",
    "float32": "a number",
    "float64": "a number",
}


def read_csv(path: Path, types_of: TypesOf) -> pd.DataFrame:
    """A UTF-8 CSV with a header, its known columns typed.

    Raises:
        SourceError: it cannot be read, or a cell is not of its column's type.
    """
    try:
        columns, first = _head(path)
        types = types_of(path, columns)
        _check_width(path, columns, first)
        try:
            return _parsed(path, columns, types)
        except pd.errors.ParserError:
            raise
        except (ValueError, OverflowError) as exc:
            raise _blamed(path, types, exc) from exc
    except (OSError, UnicodeDecodeError, csv.Error, pd.errors.ParserError) as exc:
        raise _unreadable(path, exc) from exc


def read_parquet(path: Path, types_of: TypesOf) -> pd.DataFrame:
    """A Parquet file, its known columns typed.

    Raises:
        SourceError: it cannot be read, or a column is of another type.
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow
    except ImportError as exc:
        raise UsageError(
            f"{path} is a Parquet file, and pyarrow is not installed: pip install 'vidclf[parquet]'"
        ) from exc
    try:
        path.stat()  # of a missing file pyarrow says no more than its name
        table = pd.read_parquet(path.absolute())  # as in `_parsed`
    except FileNotFoundError as exc:
        raise _unreadable(path, exc) from exc
    except (OSError, ValueError, pyarrow.ArrowException) as exc:
        raise SourceError(
            f"cannot read the table {path} ({_reason(exc)}): is it a Parquet file?"
        ) from exc
    if any(name is not None for name in table.index.names):
        table = table.reset_index()
    table.columns = table.columns.map(str)
    types = types_of(path, list(table.columns)).items()
    other = [(column, kind) for column, kind in types if str(table[column].dtype) != kind]
    texts = [(column, kind) for column, kind in types if kind == "category"]
    for column, kind in dict.fromkeys(other + texts):
        table[column] = _converted(path, table[column], kind)
    return table


def where(path: Path, row: int) -> str:
    """A row, counted from 0, as people find it: the line in a text editor, where it is text."""
    if path.suffix.lower() == ".parquet":
        return f"row {row} from 0"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return f"line {next(islice(csv_rows(file), row + 1, None))[0]}"


# --- CSV ---------------------------------------------------------------------------------------


def _head(path: Path) -> tuple[list[str], tuple[int, list[str]]]:
    """The header as it stands, for pandas gives doubled names a number; and the first row.

    Raises:
        SourceError: there is none.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = list(islice(csv_rows(file), 2))
    if not head:
        raise SourceError(f"the table {path} is empty")
    return head[0][1], head[1] if len(head) == 2 else (0, [])


def _check_width(path: Path, columns: Sequence[str], first: tuple[int, Sequence[str]]) -> None:
    """Raise a `SourceError` if the first row has more cells than columns: pandas would shift it."""
    line, cells = first
    if len(cells) > len(columns):
        raise SourceError(
            f"the table {path}, line {line}: {len(cells)} cells under {len(columns)} columns; "
            "write the table anew, with quotes where a cell holds a comma"
        )


def _parsed(path: Path, columns: Sequence[str], types: Types) -> pd.DataFrame:
    others = [column for column in columns if column and column not in types]
    may_be_empty = [column for column in columns if _MAY_BE_EMPTY.fullmatch(column)]
    texts = [column for column, kind in types.items() if kind == "category"]
    with np.errstate(over="ignore", invalid="ignore"):  # of what it then refuses
        table = pd.read_csv(
            path.absolute(),  # pandas takes a relative "https:…" for a URL
            # pandas would make numbers of categories that look like such: "01" → 1
            dtype={**types, **dict.fromkeys(texts, "object")},
            encoding="utf-8-sig",
            compression=None,
            index_col=False,
            keep_default_na=False,
            na_values={column: [""] for column in others + may_be_empty},
            true_values=_TRUE,
            false_values=_FALSE,
        )
    for column in texts:
        table[column] = table[column].astype("category")
    return table


def _blamed(path: Path, types: Types, exc: Exception) -> SourceError:
    """The first cell that is not of its column's type."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv_rows(file)
        columns = next(rows)[1]
        typed = [(i, c, types[c]) for i, c in enumerate(columns) if types.get(c) in _WANTED]
        for line, cells in rows:
            for place, column, kind in typed:
                cell = cells[place] if place < len(cells) else ""
                if not _is_right(cell, column, kind):
                    remedy = "; write decimals with a point" if _has_comma(cell, kind) else ""
                    return SourceError(
                        f"the table {path}, line {line}: {column} is {cell!r}, not {_WANTED[kind]}"
                        + remedy
                    )
    return SourceError(f"cannot read the table {path} ({_reason(exc)})")


def _is_right(cell: str, column: str, kind: str) -> bool:
    if kind == "bool":
        return cell in _TRUE + _FALSE
    if kind.startswith("int"):
        match = _WHOLE.fullmatch(cell)
        return match is not None and abs(int(match[1])) <= np.iinfo(kind).max
    if cell == "" and _MAY_BE_EMPTY.fullmatch(column):
        return True
    try:
        return cell.isascii() and "_" not in cell and math.isfinite(float(cell))
    except ValueError:
        return False


def _has_comma(cell: str, kind: str) -> bool:
    return kind.startswith("float") and bool(_COMMA.fullmatch(cell))


def _unreadable(path: Path, exc: Exception) -> SourceError:
    remedy = "save it as a CSV in UTF-8, with commas"
    if isinstance(exc, OSError):
        return SourceError(f"cannot read the table {path} ({_reason(exc)})")
    if isinstance(exc, UnicodeDecodeError) and path.suffix.lower() not in _TEXT_SUFFIXES:
        return SourceError(f"{path} is no table: name a …_predictions.csv or .parquet")
    return SourceError(f"cannot read the table {path} ({_reason(exc)}): {remedy}")


def _reason(exc: Exception) -> str:
    text = getattr(exc, "strerror", None) or str(exc).strip()
    return str(text).splitlines()[-1].strip() if text else type(exc).__name__


# --- Parquet -----------------------------------------------------------------------------------


def _converted(path: Path, cells: pd.Series, kind: str) -> pd.Series:
    if kind == "category":
        return _as_labels(path, cells)
    if kinds.is_object_dtype(cells.dtype):
        cells = cells.convert_dtypes()  # truth values of which some are missing
    is_number = kinds.is_numeric_dtype(cells.dtype) or kinds.is_bool_dtype(cells.dtype)
    if not is_number or kinds.is_complex_dtype(cells.dtype):
        raise SourceError(
            f"the table {path}: the column {cells.name} holds {cells.dtype}, not {kind}; convert "
            "it before writing"
        )
    if kinds.is_float_dtype(cells.dtype) and kind.startswith("float"):
        with np.errstate(over="ignore"):
            return cells.astype(np.dtype(kind))  # what is missing or too large is told of later
    wrong = cells.isna().to_numpy() | ~_fits(cells, kind)
    if wrong.any():
        row = int(np.argmax(wrong))
        cell = "missing" if pd.isna(cells.iloc[row]) else cells.iloc[row]
        raise SourceError(
            f"the table {path}, {where(path, row)}: {cells.name} is {cell}, not {_WANTED[kind]}"
        )
    return cells.astype(np.dtype(kind))


def _fits(cells: pd.Series, kind: str) -> NDArray[np.bool_]:
    """Which numbers are of a kind: 1.0 is a whole one, and 1 is True, as in a CSV."""
    numbers = cells.to_numpy(np.float64, na_value=np.nan)
    if kind == "bool":
        return np.isin(numbers, [0, 1])
    if kind.startswith("float"):
        return np.ones(len(numbers), np.bool_)
    is_whole: NDArray[np.bool_] = np.abs(numbers) < np.iinfo(kind).max + 1
    is_whole &= numbers == np.round(numbers)
    return is_whole


def _as_labels(path: Path, cells: pd.Series) -> pd.Series:
    """Texts, also where they were numbers; missing ones are empty, but for runners-up."""
    try:
        labels = cells.astype("category")
    except TypeError as exc:
        raise SourceError(
            f"the table {path}: the column {cells.name} holds lists, not texts; convert it before "
            "writing"
        ) from exc
    labels = labels.cat.rename_categories([str(label) for label in labels.cat.categories])
    labels = labels.cat.reorder_categories(sorted(labels.cat.categories))  # as those of a CSV
    if _MAY_BE_EMPTY.fullmatch(str(cells.name)) or not labels.isna().any():
        return labels
    if "" not in labels.cat.categories:
        labels = labels.cat.add_categories([""])
    return labels.fillna("")
