"""A typed table as CSV, to the byte as a run writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vidclf.files.write_errors import explained
from vidclf.table.cells import csv_writer, open_csv, score_text, timestamp_text, truth_text
from vidclf.table.read import kind_of

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
        for block in _blocks(rows):
            cells = [_texts(block[column], has_values=has_values) for column in block.columns]
            writer.writerows(zip(*cells, strict=True))


def _blocks(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
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
    if column.dtype == np.float32 and not has_values:
        texts = [score_text(score) for score in column.tolist()]
        return ["" if text == "nan" else text for text in texts]
    if column.dtype == np.float32:
        return [str(value) for value in column.to_numpy()]
    return ["" if cell is None or cell != cell else str(cell) for cell in column.tolist()]
