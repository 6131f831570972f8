"""The per-frame table: its columns, and reading it back as what is shown when.

docs/tables.md describes each column.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from vidclf.errors import SourceError
from vidclf.frames import Answer, Moment, Prediction

FIXED_COLUMNS = (
    "video",
    "frame",
    "timestamp",
    "inferred",
    "label",
    "class_id",
    "confidence",
    "raw_label",
    "raw_confidence",
)


_TIMESTAMP = FIXED_COLUMNS.index("timestamp")
_NEEDED = ("timestamp", "label", "confidence")


def columns(labels: Sequence[str], *, top_k: int = 3, all_scores: bool = False) -> list[str]:
    """The table's header: the fixed columns, the runners-up, and one score for each label if asked.

    `top_k` counts the shown label too, so 3 gives `top2_…` and `top3_…`; it is never more than
    the number of labels.
    """
    places = range(2, min(top_k, len(labels)) + 1)
    runners_up = [f"top{place}_{name}" for place in places for name in ("label", "confidence")]
    scores = [f"score_{label}" for label in _distinct(labels)] if all_scores else []
    return [*FIXED_COLUMNS, *runners_up, *scores]


def _distinct(labels: Sequence[str]) -> list[str]:
    """Labels with the class number behind those that stand twice: ImageNet has two `crane`."""
    return [
        f"{label}_{class_id}" if labels.count(label) > 1 else label
        for class_id, label in enumerate(labels)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFormat:
    """How predictions become rows of text."""

    video: str
    """What stands in the column `video`."""
    labels: Sequence[str]
    """The C labels by class id."""
    top_k: int = 3
    """How many answers a row holds."""
    all_scores: bool = False
    """Whether a row ends with the scores of all C classes."""

    def header(self) -> list[str]:
        """The names of the columns."""
        return columns(self.labels, top_k=self.top_k, all_scores=self.all_scores)

    def values(self, prediction: Prediction) -> list[Any]:
        """The cells of one row as text, numbers and booleans, in the order of `header`."""
        (class_id, confidence), *others = prediction.top(max(self.top_k, 1))
        cells: list[Any] = [
            self.video,
            prediction.index,
            prediction.pts_seconds,
            prediction.inferred,
            self.labels[class_id],
            class_id,
            confidence,
            self.labels[prediction.raw_class_id],
            prediction.raw_confidence,
        ]
        for other, score in others:
            cells += (self.labels[other], score)
        if self.all_scores:
            cells += prediction.scores.tolist()
        return cells

    def row(self, prediction: Prediction) -> list[str]:
        """The cells of one row as the CSV holds them, in the order of `header`."""
        cells = self.values(prediction)
        cells[_TIMESTAMP] = timestamp_text(prediction.pts_seconds)
        return [f"{cell:.6f}" if isinstance(cell, float) else str(cell) for cell in cells]


def timestamp_text(seconds: float) -> str:
    """Seconds with at most nine decimals and at least one: `0.0`, `0.041666667`, `12.5`."""
    text = f"{seconds:.9f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def moment_of(prediction: Prediction, rows: RowFormat) -> Moment:
    """What is shown of a prediction: the answers its row holds."""
    return Moment(
        pts_seconds=prediction.pts_seconds,
        answers=tuple(
            Answer(label=rows.labels[class_id], class_id=class_id, confidence=score)
            for class_id, score in prediction.top(max(rows.top_k, 1))
        ),
    )


def read_moments(path: Path) -> list[Moment]:
    """Read a table back as what is shown from each frame on, in the table's order.

    The order of the columns does not matter, nor do columns beside those of docs/tables.md.

    Raises:
        SourceError: The table cannot be read, lacks a column, or a cell is not a number.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return moments_from_rows(csv.DictReader(file), name=str(path))
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise SourceError(f"cannot read the table {path} ({exc}): is it a UTF-8 CSV?") from exc


def moments_from_rows(rows: Iterable[Mapping[str, Any]], *, name: str = "given") -> list[Moment]:
    """What is shown from each frame on, from rows by column name, as text or as numbers.

    Args:
        rows: A `csv.DictReader`, or `DataFrame.to_dict("records")`.
        name: What errors call the table.

    Raises:
        SourceError: A row lacks a column or a cell is not a number.
    """
    moments = []
    for index, row in enumerate(rows):
        if missing := [column for column in _NEEDED if column not in row]:
            raise SourceError(
                f"the table {name} has no column {', '.join(missing)}: its columns must be those "
                f"of docs/tables.md"
            )
        try:
            answers = tuple(_answers(row))
            moments.append(Moment(pts_seconds=_number(row["timestamp"]), answers=answers))
        except (TypeError, ValueError) as exc:
            raise SourceError(f"row {index} of the table {name} is not right: {exc}") from exc
    return moments


def _answers(row: Mapping[str, Any]) -> Iterator[Answer]:
    class_id = row.get("class_id")
    yield Answer(
        label=str(row["label"]),
        class_id=-1 if class_id in (None, "") else int(class_id),
        confidence=_number(row["confidence"]),
    )
    for place in count(2):
        label, confidence = row.get(f"top{place}_label"), row.get(f"top{place}_confidence")
        if not isinstance(label, str) or not label or confidence in (None, ""):
            return
        yield Answer(label=label, class_id=-1, confidence=_number(confidence))


def _number(cell: Any) -> float:
    number = float(cell)
    if not math.isfinite(number):
        raise ValueError(f"{cell!r} is not a number")
    return number
