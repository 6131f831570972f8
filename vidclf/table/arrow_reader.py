"""The quick way to read a table in blocks: by pyarrow, where nothing in it is unusual.

Whether what is unusual is right, and what is said of it, is up to the readers that use pandas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

from vidclf.errors import SourceError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.table.column_types import Types, checked_types
from vidclf.table.csv_reader import csv_head
from vidclf.table.file_formats import FALSE, RUNNERS_UP, TRUE, UnusualTableError

ARROW_TYPES = {
    "category": pa.dictionary(pa.int32(), pa.string()),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "float64": pa.float64(),
    "float32": pa.float32(),
    "bool": pa.bool_(),
    "str": pa.string(),
}
"""Dtype of a column → its type in Arrow and Parquet."""
_BLOCK_BYTES = 2**22
"""Of a CSV, that are read at once; a row must not be longer."""


def plain_blocks(path: Place, *, most_rows: int, most_cells: int) -> Iterator[pd.DataFrame]:
    """The rows of a table in blocks, typed as pandas' reader would have them.

    Args:
        path: the table's file.
        most_rows: of a block; a CSV is read in blocks of 4 MiB.
        most_cells: of a block, too.

    Raises:
        UnusualTableError: it cannot be read, or not without knowing more of it; the rows that were
            given are right.
    """
    try:
        if path.suffix.lower() == ".parquet":
            yield from _parquet_blocks(path, most_rows, most_cells)
        else:
            yield from _csv_blocks(path)
    except (SourceError, OSError, ValueError, pa.ArrowException) as exc:
        raise UnusualTableError from exc


def _csv_blocks(path: Place) -> Iterator[pd.DataFrame]:
    columns, _ = csv_head(path)
    types = _known_types(path, columns)
    # scores are read as pandas does, by way of 64 bits
    arrow_types = {c: ARROW_TYPES[t.replace("float32", "float64")] for c, t in types.items()}
    with (
        local_file(path).open("rb") as file,  # of a name, pyarrow would take ".gz" to be compressed
        csv.open_csv(
            file,
            read_options=csv.ReadOptions(block_size=_BLOCK_BYTES),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=arrow_types, true_values=TRUE, false_values=FALSE
            ),
        ) as batches,
    ):
        for batch in batches:
            if batch.num_rows:
                yield _frame(batch, types)


def _parquet_blocks(path: Place, most_rows: int, most_cells: int) -> Iterator[pd.DataFrame]:
    with parquet.ParquetFile(local_file(path)) as file:
        schema = file.schema_arrow
        types = _known_types(path, schema.names)
        as_written = all(schema.field(c).type == ARROW_TYPES[t] for c, t in types.items())
        if not as_written or b"pandas" in (schema.metadata or {}):
            raise UnusualTableError
        for batch in file.iter_batches(max(1, min(most_rows, most_cells // len(types)))):
            yield _frame(batch, types)


def _known_types(path: Place, columns: list[str]) -> Types:
    types = checked_types(path, columns)
    if len(types) < len(columns):
        raise UnusualTableError
    return types


def _frame(batch: pa.RecordBatch, types: Types) -> pd.DataFrame:
    columns = zip(types.items(), batch.columns, strict=True)
    return pd.DataFrame({c: _cells(c, kind, array) for (c, kind), array in columns}, copy=False)


def _cells(column: str, kind: str, array: Any) -> Any:
    if array.null_count:
        raise UnusualTableError
    if kind != "category":
        with np.errstate(over="ignore", invalid="ignore"):  # of what is then refused
            return array.to_numpy(zero_copy_only=False).astype(np.dtype(kind), copy=False)
    labels = array.dictionary.to_pylist()
    if RUNNERS_UP.fullmatch(column) and "" in labels:
        raise UnusualTableError
    dtype = pd.CategoricalDtype(pd.Index(labels, dtype="object"))
    return pd.Categorical.from_codes(array.indices.to_numpy(), dtype=dtype, validate=False)
