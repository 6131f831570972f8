"""Reading a table from a CSV, whole or in blocks of rows."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice

import numpy as np
import pandas as pd

from vidclf.errors import SourceError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.table.cells import csv_rows
from vidclf.table.column_types import Types
from vidclf.table.file_formats import FALSE, RUNNERS_UP, TRUE, WANTED, TypesOf, reason
from vidclf.table.joining import lack_raw_label

_WHOLE = re.compile(r"\s*([+-]?\d{1,18})(?:\.0*)?\s*", re.ASCII)
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", "")
_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")


def read_csv(path: Place, types_of: TypesOf) -> pd.DataFrame:
    """A UTF-8 CSV with a header, its known columns typed.

    Raises:
        SourceError: it cannot be read, or a cell is not of its column's type.
    """
    return next(csv_blocks(path, types_of, most_rows=None))


def csv_blocks(path: Place, types_of: TypesOf, *, most_rows: int | None) -> Iterator[pd.DataFrame]:
    """The same in blocks of rows; None for one of all."""
    with _explained(path):
        columns, first = _head(path)
        types = types_of(path, columns)
        _check_width(path, columns, first)
        try:
            yield from _parsed(path, columns, types, most_rows)
        except pd.errors.ParserError:
            raise
        except (ValueError, OverflowError) as exc:
            raise _blamed(path, types, exc) from exc


def csv_head(path: Place) -> tuple[list[str], list[str]]:
    """The header, and the cells of the first row.

    Raises:
        SourceError: one of them is not there, or the file cannot be read.
    """
    with _explained(path):
        columns, (_, cells) = _head(path)
    if not cells:
        raise SourceError(f"the table {path} has no rows")
    return columns, cells


def read_csv_columns(path: Place, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of others' making, as pandas reads them.

    Raises:
        SourceError: the file cannot be read.
    """
    with _explained(path):
        return pd.read_csv(
            local_file(path).absolute(),
            usecols=list(columns),
            encoding="utf-8-sig",
            compression=None,
            index_col=False,
            keep_default_na=False,
            na_values=[""],
            true_values=TRUE,
            false_values=FALSE,
        )


def read_csv_texts(path: Place, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns as the text that they are in the file: `007` and `3.50`.

    Raises:
        SourceError: the file cannot be read.
    """
    with _explained(path):
        return pd.read_csv(
            local_file(path).absolute(),
            usecols=list(columns),
            dtype="str",
            encoding="utf-8-sig",
            compression=None,
            index_col=False,
            keep_default_na=False,
        )


@contextmanager
def _explained(path: Place) -> Iterator[None]:
    """A context in which what fails while a file is read becomes a `SourceError`."""
    try:
        yield
    except (OSError, UnicodeDecodeError, csv.Error, pd.errors.ParserError) as exc:
        raise unreadable(path, exc) from exc


def _head(path: Place) -> tuple[list[str], tuple[int, list[str]]]:
    """The header as it stands, for pandas gives doubled names a number; and the first row.

    Raises:
        SourceError: there is none.
    """
    with local_file(path).open(encoding="utf-8-sig", newline="") as file:
        head = list(islice(csv_rows(file), 2))
    if not head:
        raise SourceError(f"the table {path} is empty")
    columns = head[0][1]
    return _named(path, columns), head[1] if len(head) == 2 else (0, [])


def _named(path: Place, columns: list[str]) -> list[str]:
    """The header, in which columns without a name are called as pandas will call them.

    Such are the index that `DataFrame.to_csv` writes, and empty columns of spreadsheets.
    """
    if all(columns):
        return columns
    head = pd.read_csv(
        local_file(path).absolute(),
        nrows=0,
        encoding="utf-8-sig",
        compression=None,
        index_col=False,
    )
    return [column or name for column, name in zip(columns, head.columns, strict=True)]


def _check_width(path: Place, columns: Sequence[str], first: tuple[int, Sequence[str]]) -> None:
    """Raise a `SourceError` if the first row has more cells than columns: pandas would shift it."""
    line, cells = first
    if len(cells) > len(columns):
        raise SourceError(
            f"the table {path}, line {line}: {len(cells)} cells under {len(columns)} columns; "
            "write the table anew, with quotes where a cell holds a comma"
        )


def _parsed(
    path: Place, columns: Sequence[str], types: Types, most_rows: int | None
) -> Iterator[pd.DataFrame]:
    may_be_empty = [column for column in columns if column and _may_be_empty(column, types)]
    texts = [column for column, kind in types.items() if kind == "category"]
    with np.errstate(over="ignore", invalid="ignore"):  # of what it then refuses
        read = pd.read_csv(
            local_file(path).absolute(),  # pandas takes a relative "https:…" for a URL
            # pandas would make numbers of categories that look like such: "01" → 1
            dtype={**types, **dict.fromkeys(texts, "object")},
            encoding="utf-8-sig",
            compression=None,
            index_col=False,
            keep_default_na=False,
            na_values={column: [""] for column in may_be_empty},
            true_values=TRUE,
            false_values=FALSE,
            chunksize=most_rows,
        )
        with nullcontext([read]) if isinstance(read, pd.DataFrame) else read as tables:
            for table in tables:
                for column in texts:
                    table[column] = table[column].astype("category")
                yield lack_raw_label(table)


def _may_be_empty(column: str, types: Types) -> bool:
    """Of scores and values `RowChecks` says where they may."""
    kind = types.get(column)
    is_answer = kind == "float32" and column != "confidence"
    return kind is None or kind == "str" or is_answer or bool(RUNNERS_UP.fullmatch(column))


def _blamed(path: Place, types: Types, exc: Exception) -> SourceError:
    """The first cell that is not of its column's type."""
    with local_file(path).open(encoding="utf-8-sig", newline="") as file:
        rows = csv_rows(file)
        columns = next(rows)[1]
        typed = [(i, c, types[c]) for i, c in enumerate(columns) if types.get(c) in WANTED]
        for line, cells in rows:
            for place, column, kind in typed:
                cell = cells[place] if place < len(cells) else ""
                if not _is_right(cell, column, kind):
                    remedy = "; write decimals with a point" if _has_comma(cell, kind) else ""
                    return SourceError(
                        f"the table {path}, line {line}: {column} is {cell!r}, not {WANTED[kind]}"
                        + remedy
                    )
    return SourceError(f"cannot read the table {path} ({reason(exc)})")


def _is_right(cell: str, column: str, kind: str) -> bool:
    if kind == "bool":
        return cell in TRUE + FALSE
    if kind.startswith("int"):
        match = _WHOLE.fullmatch(cell)
        return match is not None and abs(int(match[1])) <= np.iinfo(kind).max
    if cell == "" and _may_be_empty(column, {column: kind}):
        return True
    try:
        return cell.isascii() and "_" not in cell and math.isfinite(float(cell))
    except ValueError:
        return False


def _has_comma(cell: str, kind: str) -> bool:
    return kind.startswith("float") and bool(_COMMA.fullmatch(cell))


def unreadable(path: Place, exc: Exception) -> SourceError:
    """What is said of a table that cannot be read."""
    remedy = "save it as a CSV in UTF-8, with commas"
    if isinstance(exc, OSError):
        return SourceError(f"cannot read the table {path} ({reason(exc)})")
    if isinstance(exc, UnicodeDecodeError) and path.suffix.lower() not in _TEXT_SUFFIXES:
        return SourceError(f"{path} is no table: name a …_predictions.csv or .parquet")
    return SourceError(f"cannot read the table {path} ({reason(exc)}): {remedy}")
