"""What stands in a cell: times have nine decimals and scores six, wherever they are written.

What is drawn, found or smoothed from a table must be what the run itself drew and found, so the run
takes its times and scores as the table has them, too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, TextIO

import numpy as np
from numpy.typing import NDArray

LONGEST_SECONDS = 3e9
"""Some 95 years: no clip's clock says more, and 64 bits hold it in nanoseconds."""

SCORE_SLACK = 0.01
"""How far a score may be off 0 to 1: quantised models round (`vidclf.inference.predictor`)."""

_TIME_DECIMALS = 9
_SCORE_DECIMALS = 6


class CsvWriter(Protocol):
    """What `csv.writer` gives."""

    def writerow(self, row: Iterable[Any], /) -> Any:
        """Write one row."""
        ...

    def writerows(self, rows: Iterable[Iterable[Any]], /) -> None:
        """Write several."""
        ...


def open_csv(path: Path) -> TextIO:
    """A file for `csv_writer`, in UTF-8."""
    return path.open("w", encoding="utf-8", newline="")


def csv_writer(file: TextIO) -> CsvWriter:
    r"""A writer of commas, quotes where they are needed, and lines that end in `\n`.

    Characters of the writer's own line end are quoted in cells: of `\r\n` both, as readers take
    either for the end of a row.
    """
    return csv.writer(_UnixLines(file), lineterminator="\r\n")


class _UnixLines:
    r"""Takes rows that end in `\r\n`, and writes them with `\n`."""

    def __init__(self, file: TextIO) -> None:
        self._write = file.write

    def write(self, row: str) -> int:
        """Write one row."""
        return self._write(row[:-2] + "\n")


def csv_rows(file: Iterable[str], separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Number of the line, from 1, and cells of each row, the header too; blank lines are none."""
    reader = csv.reader(file, delimiter=separator)
    line = 1
    for cells in reader:
        if cells and not (len(cells) == 1 and cells[0].isspace()):
            yield line, cells
        line = reader.line_num + 1


def timestamp_text(seconds: float) -> str:
    """Seconds with at most nine decimals and at least one: `0.0`, `0.041666667`, `12.5`."""
    text = f"{seconds:.{_TIME_DECIMALS}f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def truth_text(is_true: bool) -> str:
    """`TRUE` or `FALSE`, which R, pandas, DuckDB, Polars and Excel all take for truth values."""
    return "TRUE" if is_true else "FALSE"


def score_text(score: float) -> str:
    """A score with six decimals: `0.700000`."""
    return f"{score:.{_SCORE_DECIMALS}f}"


def rounded_seconds(seconds: float) -> float:
    """Seconds as `timestamp_text` says them."""
    return round(seconds, _TIME_DECIMALS)


def rounded_times(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds of any shape as `timestamp_text` says them."""
    return np.round(seconds, _TIME_DECIMALS)


def rounded_score(score: float) -> float:
    """A score as `score_text` says it, so that 0.7 reaches a threshold of 0.7."""
    return round(score, _SCORE_DECIMALS)


def rounded_scores(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores of any shape as `score_text` says them.

    In float64, where a float32 times 10^6 is exact.
    """
    doubles = scores.astype(np.float64)
    return np.round(doubles, _SCORE_DECIMALS, out=doubles)
