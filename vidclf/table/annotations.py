"""Reading a table back as what is shown when."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from vidclf.core.annotation import Annotation, Answer, Value
from vidclf.errors import SourceError
from vidclf.table.cells import rounded_score
from vidclf.table.schema import LABELS, SCORE, VALUE, in_a_list, split

Row = Mapping[str, Any]
Read = Callable[[Row], Annotation]


def read_annotations(path: Path) -> list[Annotation]:
    """Read a table back as what is shown from each frame on, in the table's order.

    The order of the columns does not matter, nor do columns beside those of docs/tables.md.

    Raises:
        SourceError: The table cannot be read, lacks a column, or a cell is not a number.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return annotations_from_rows(csv.DictReader(file), name=str(path))
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise SourceError(f"cannot read the table {path} ({exc}): is it a UTF-8 CSV?") from exc


def annotations_from_rows(rows: Iterable[Row], *, name: str = "given") -> list[Annotation]:
    """What is shown from each frame on, from rows by column name, as text or as numbers.

    Args:
        rows: A `csv.DictReader`, or `DataFrame.to_dict("records")`; all of the same columns.
        name: What errors call the table.

    Raises:
        SourceError: A row lacks a column or a cell is not a number.
    """
    annotations: list[Annotation] = []
    read: Read | None = None
    for index, row in enumerate(rows):
        read = read or _reader(list(row), name)
        try:
            annotations.append(read(row))
        except (KeyError, TypeError, ValueError) as exc:
            raise SourceError(f"row {index} of the table {name} is not right: {exc}") from exc
    return annotations


def _reader(columns: Sequence[str], name: str) -> Read:
    """How rows of these columns are read: values, several labels, or ranked ones.

    Raises:
        SourceError: A column is missing.
    """
    values = {c: c.removeprefix(VALUE) for c in columns if c.startswith(VALUE)}
    has_values = bool(values) and "label" not in columns
    needed = ("timestamp",) if has_values else ("timestamp", "label", "confidence")
    if missing := [column for column in needed if column not in columns]:
        raise SourceError(
            f"the table {name} has no column {', '.join(missing)}: its columns must be those "
            f"of docs/tables.md"
        )
    if has_values:
        return lambda row: _values(row, values)
    scores = [c.removeprefix(SCORE) for c in columns if c.startswith(SCORE)]
    if LABELS in columns and scores:
        places = {in_a_list(label): (i, label) for i, label in enumerate(scores)}
        return lambda row: _several(row, places)
    return _ranked


def _values(row: Row, names: Mapping[str, str]) -> Annotation:
    return Annotation(
        pts_seconds=_number(row["timestamp"]),
        values=tuple(
            Value(name=name, number=_number(row[column])) for column, name in names.items()
        ),
    )


def _several(row: Row, places: Mapping[str, tuple[int, str]]) -> Annotation:
    """All labels of the cell `labels`; the best one, not sure, where it is empty."""
    cell = row[LABELS]
    texts = split(cell) if isinstance(cell, str) else []
    if unknown := [text for text in texts if text not in places]:
        raise ValueError(f"its label {unknown[0]!r} has no column {SCORE}{unknown[0]}")
    answers = [
        Answer(label=label, class_id=class_id, confidence=_score(row[SCORE + label]))
        for class_id, label in (places[text] for text in texts)
    ]
    return Annotation(
        pts_seconds=_number(row["timestamp"]),
        answers=tuple(answers) or (_best(row),),
        is_sure=bool(answers),
    )


def _ranked(row: Row) -> Annotation:
    answers = (_best(row), *_runners_up(row))
    return Annotation(pts_seconds=_number(row["timestamp"]), answers=answers)


def _best(row: Row) -> Answer:
    class_id = row.get("class_id")
    return Answer(
        label=str(row["label"]),
        class_id=-1 if class_id in (None, "") else int(class_id),
        confidence=_score(row["confidence"]),
    )


def _runners_up(row: Row) -> Iterator[Answer]:
    for place in count(2):
        label, confidence = row.get(f"top{place}_label"), row.get(f"top{place}_confidence")
        if not isinstance(label, str) or not label or confidence in (None, ""):
            return
        yield Answer(label=label, class_id=-1, confidence=_score(confidence))


def _score(cell: Any) -> float:
    """With its six decimals: 32-bit floats and full ones draw the same picture as the CSV."""
    return rounded_score(_number(cell))


def _number(cell: Any) -> float:
    number = float(cell)
    if not math.isfinite(number):
        raise ValueError(f"{cell!r} is not a number")
    return number
