"""A typed table as CSV, to the byte as a run writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vidclf.files.write_errors import explained
from vidclf.table.cells import (
    csv_writer,
    open_csv,
    rounded_scores,
    rounded_times,
    score_text,
    timestamp_text,
    truth_text,
)
from vidclf.table.column_types import kind_of

_MOST_CELLS = 2**19
"""Of a block of rows, which is held as text: some 30 MB."""


def write_predictions(path: Path, rows: pd.DataFrame) -> None:
    r"""Write the rows of `read_predictions`: UTF-8, lines end in `\n`, scores have six decimals.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    has_values = kind_of(list(rows.columns)) == "values"
    with explained(path, kind="the table"), open_csv(path) as file:
        writer = csv_writer(file)
        writer.writerow(rows.columns)
        for block in blocks_of(rows):
            cells = [_texts(block[column], has_values=has_values) for column in block.columns]
            writer.writerows(zip(*cells, strict=True))


def exact_texts(column: pd.Series[Any], *, has_values: bool) -> list[str]:
    """The cells of a column as a run writes them, or with as many digits as their numbers have.

    So the numbers of tables that others wrote, with more decimals, are read back as they are.
    """
    cells = column.to_numpy()
    if column.name == "timestamp" and (rounded_times(cells) != cells).any():
        return [repr(seconds) for seconds in column.tolist()]
    if cells.dtype == np.float32 and not has_values:
        is_long = (rounded_scores(cells).astype(np.float32) != cells) & ~np.isnan(cells)
        has_values = bool(is_long.any())
    return _texts(column, has_values=has_values)


def blocks_of(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Rows in blocks that can be held as text."""
    count = max(1, _MOST_CELLS // len(rows.columns))
    for start in range(0, len(rows), count):
        yield rows.iloc[start : start + count]


def _texts(column: pd.Series[Any], *, has_values: bool) -> list[str]:
    if column.name == "timestamp":
        return [timestamp_text(seconds) for seconds in column.tolist()]
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = [*map(str, column.cat.categories), ""]
        return [categories[code] for code in column.cat.codes.tolist()]
    if column.name == "inferred":
        return [truth_text(is_true) for is_true in column.tolist()]
    if column.dtype == np.float32:
        texts = map(str, column.to_numpy()) if has_values else map(score_text, column.tolist())
        if column.hasnans:
            return ["" if text == "nan" else text for text in texts]
        return list(texts)
    if pd.api.types.is_integer_dtype(column.dtype):
        return list(map(str, column.tolist()))
    return ["" if cell is None or cell != cell else str(cell) for cell in column.tolist()]
