"""Tables of labelled pictures and clips: CSV, Parquet and DataFrames."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.dataset.examples import Example
from vidclf.dataset.rows import RowReader
from vidclf.errors import DataError, SourceError
from vidclf.segments.truth import separated_rows
from vidclf.table.file_formats import reason

if TYPE_CHECKING:
    import pandas as pd

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".pq")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRows:
    """What a table or folder holds."""

    examples: list[Example]
    """In order; several labels in one cell are one label yet."""
    value_names: tuple[str, ...] = ()
    """What the values of a regression are called."""


def csv_columns(path: Path) -> set[str]:
    """The columns of a CSV, in lower case.

    Raises:
        DataError: it cannot be read, or is empty.
    """
    return set(_head(_csv_rows(path)[1], path))


def csv_examples(path: Path, *, is_regression: bool) -> LabelledRows:
    """The examples of a CSV with a header: commas, semicolons or tabs between its cells.

    Raises:
        DataError: it cannot be read, or a row is wrong; the message says its line.
    """
    separator, rows = _csv_rows(path)
    columns = _head(rows, path)
    reader = RowReader(
        name=str(path),
        folder=path.parent,
        columns=columns,
        is_regression=is_regression,
        has_commas=separator != ",",
    )
    examples = []
    for line, cells in rows[1:]:
        origin = f"{path}, line {line}"
        if any(cells[len(columns) :]):
            raise DataError(
                f"{origin}: {len(cells)} cells under {len(columns)} columns; put a cell that "
                "holds a comma into quotes"
            )
        examples.append(reader.example(dict(zip(columns, cells, strict=False)), origin))
    return LabelledRows(examples=examples, value_names=reader.value_names)


def parquet_examples(path: Path, *, is_regression: bool) -> LabelledRows:
    """The examples of a Parquet file; see `csv_examples`."""
    return _rows_of(_parquet(path), str(path), path.parent, is_regression)


def frame_examples(frame: pd.DataFrame, *, is_regression: bool) -> LabelledRows:
    """The examples of a DataFrame, whose paths count from the current folder."""
    return _rows_of(frame, "the DataFrame", Path(), is_regression)


def _rows_of(frame: pd.DataFrame, name: str, folder: Path, is_regression: bool) -> LabelledRows:
    columns = [str(column).strip().lower() for column in frame.columns]
    reader = RowReader(name=name, folder=folder, columns=columns, is_regression=is_regression)
    cells_or_none = frame.astype(object).where(frame.notna(), None)
    examples = [
        reader.example(dict(zip(columns, cells, strict=True)), f"{name}, row {place} from 0")
        for place, cells in enumerate(cells_or_none.itertuples(index=False, name=None))
    ]
    return LabelledRows(examples=examples, value_names=reader.value_names)


def _head(rows: Sequence[tuple[int, list[str]]], path: Path) -> list[str]:
    if not rows:
        raise DataError(f"{path} is empty; write a first line of path,label and a row for each")
    return [name.strip().lower() for name in rows[0][1]]


def _csv_rows(path: Path) -> tuple[str, list[tuple[int, list[str]]]]:
    with _explained(path):
        return separated_rows(path)


def _parquet(path: Path) -> pd.DataFrame:
    import pandas as pd

    from vidclf.table.parquet_reader import explained_parquet

    with _explained(path), explained_parquet(path):
        return pd.read_parquet(path.absolute())


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """A context in which what fails while a table is read becomes a `DataError`."""
    try:
        yield
    except (OSError, csv.Error) as exc:
        raise DataError(f"cannot read the table {path} ({reason(exc)}); check it") from exc
    except UnicodeDecodeError as exc:
        raise DataError(f"cannot read the table {path}: save it as CSV in UTF-8") from exc
    except SourceError as exc:
        raise DataError(str(exc)) from exc
