"""Reading a table from a Parquet file, whole or in blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types as kinds

from vidclf.errors import SourceError, UsageError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.table.csv_reader import unreadable
from vidclf.table.file_formats import RUNNERS_UP, WANTED, TypesOf, reason, where
from vidclf.table.joining import lack_raw_label


def read_parquet(path: Place, types_of: TypesOf) -> pd.DataFrame:
    """A Parquet file, its known columns typed.

    Raises:
        SourceError: it cannot be read, or a column is of another type.
        UsageError: pyarrow is not installed.
    """
    with explained_parquet(path):
        table = pd.read_parquet(
            local_file(path).absolute()
        )  # pandas takes a relative "https:…" for a URL
    return _typed(path, table, types_of, 0)


def parquet_blocks(path: Place, types_of: TypesOf, *, most_rows: int) -> Iterator[pd.DataFrame]:
    """The same in blocks of rows."""
    first_row = 0
    with explained_parquet(path):
        from pyarrow import Table
        from pyarrow.parquet import ParquetFile

        with ParquetFile(local_file(path)) as file:
            for batch in file.iter_batches(most_rows):
                rows = Table.from_batches([batch]).to_pandas()
                yield _typed(path, rows, types_of, first_row)
                first_row += len(rows)


def parquet_head(path: Place) -> pd.DataFrame:
    """The first row, whose columns have the types of all.

    Raises:
        SourceError: there is none, or the file cannot be read.
        UsageError: pyarrow is not installed.
    """
    with explained_parquet(path):
        from pyarrow import Table
        from pyarrow.parquet import ParquetFile

        with ParquetFile(local_file(path)) as file:
            batches = list(islice(file.iter_batches(1), 1))
            head = Table.from_batches(batches, file.schema_arrow).to_pandas()
    if head.empty:
        raise SourceError(f"the table {path} has no rows")
    return _named(head)


@contextmanager
def explained_parquet(path: Place) -> Iterator[None]:
    """A context in which what fails while a Parquet file is read becomes a `SourceError`."""
    try:
        import pyarrow
    except ImportError as exc:
        raise UsageError(
            f"{path} is a Parquet file, and pyarrow is not installed: pip install 'vidclf[parquet]'"
        ) from exc
    try:
        local_file(path).stat()  # of a missing file pyarrow says no more than its name
        yield
    except FileNotFoundError as exc:
        raise unreadable(path, exc) from exc
    except (OSError, ValueError, pyarrow.ArrowException) as exc:
        raise SourceError(
            f"cannot read the table {path} ({reason(exc)}): is it a Parquet file?"
        ) from exc


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """With all that has a name among the columns, as in a CSV."""
    if any(name is not None for name in table.index.names):
        table = table.reset_index()
    table.columns = table.columns.map(str)
    return table


def _typed(path: Place, read: pd.DataFrame, types_of: TypesOf, first_row: int) -> pd.DataFrame:
    table = _named(read)
    types = types_of(path, list(table.columns)).items()
    other = [(column, kind) for column, kind in types if str(table[column].dtype) != kind]
    texts = [(column, kind) for column, kind in types if kind == "category"]
    for column, kind in dict.fromkeys(other + texts):
        table[column] = _converted(path, table[column], kind, first_row)
    return lack_raw_label(table)


def _converted(path: Place, cells: pd.Series, kind: str, first_row: int) -> pd.Series:
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
            f"the table {path}, {where(path, first_row + row)}: {cells.name} is {cell}, not "
            f"{WANTED[kind]}"
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


def _as_labels(path: Place, cells: pd.Series) -> pd.Series:
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
    if RUNNERS_UP.fullmatch(str(cells.name)) or not labels.isna().any():
        return labels
    if "" not in labels.cat.categories:
        labels = labels.cat.add_categories([""])
    return labels.fillna("")
