"""Reads rows of text, or of a data frame, as what is shown at them; it needs no pandas."""

from __future__ import annotations

import csv
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from vidclf.core.annotation import Annotation, Answer
from vidclf.errors import SourceError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.table.annotations import (
    ClassAnnotations,
    LabelAnnotations,
    RankColumn,
    ValueAnnotations,
    value_scales,
)
from vidclf.table.cells import LONGEST_SECONDS, SCORE_SLACK, csv_rows, rounded_score
from vidclf.table.class_ids import assign_class_ids
from vidclf.table.schema import (
    LABELS,
    SCORE,
    VALUE,
    in_a_list,
    lone_rank_column,
    rank_columns,
    scored_labels,
    split,
)

Row = Mapping[str, Any]


def read_annotations(path: Place) -> list[Annotation]:
    """Read a table back as what is shown from each frame on, in the table's order.

    The order of the columns does not matter, nor do columns beside those of docs/tables.md.

    Raises:
        SourceError: The table cannot be read, lacks a column, or a cell is not a number.
    """
    try:
        with local_file(path).open(encoding="utf-8-sig", newline="") as file:
            return _annotations(_named_cells(file), name=str(path))
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
    return _annotations(((f"row {index}", row) for index, row in enumerate(rows)), name=name)


def _named_cells(file: Iterable[str]) -> Iterator[tuple[str, Row]]:
    """Where each row of a CSV stands, and its cells by column; what lacks columns is left out."""
    rows = csv_rows(file)
    _, columns = next(rows, (0, []))
    for line, cells in rows:
        yield f"line {line}", dict(zip(columns, [*cells, *[""] * len(columns)], strict=False))


def _annotations(rows: Iterable[tuple[str, Row]], *, name: str) -> list[Annotation]:
    reader: _RowReader | None = None
    for place, row in rows:
        reader = reader or _row_reader(list(row), name)
        try:
            reader.read(row)
        except KeyError as exc:
            raise SourceError(f"the table {name}, {place}: it has no {exc.args[0]}") from exc
        except ValueError as exc:
            raise SourceError(f"the table {name}, {place}: {exc}") from exc
    return reader.annotations() if reader else []


class _RowReader(Protocol):
    """Reads rows of one kind of table, one after the other."""

    def read(self, row: Row) -> None:
        """Take the next row.

        Raises:
            KeyError, ValueError: A cell is missing or not right.
        """
        ...

    def annotations(self) -> list[Annotation]:
        """What is shown at the rows that were read."""
        ...


def _row_reader(columns: Sequence[str], name: str) -> _RowReader:
    """The reader for rows of these columns: of values, of several labels, or of ranked ones.

    Raises:
        SourceError: A column is missing.
    """
    has_values = "label" not in columns and any(column.startswith(VALUE) for column in columns)
    needed = ("timestamp",) if has_values else ("timestamp", "label", "confidence")
    if missing := [column for column in needed if column not in columns]:
        raise SourceError(
            f"the table {name} has no column {', '.join(missing)}: its columns must be those "
            f"of docs/tables.md"
        )
    if lone := lone_rank_column(columns):
        raise SourceError(f"the table {name} has the column {lone[0]} and no {lone[1]}")
    if has_values:
        return _ValueReader(columns)
    is_multi_label = LABELS in columns and bool(scored_labels(columns))
    return _MultiLabelReader(columns) if is_multi_label else _ClassReader(columns)


class _Texts:
    """A column of labels and their scores, each label held once; it needs few bytes a row."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._codes = array("i")
        self._scores = array("d")

    def add(self, label: str, score: float) -> None:
        """Add the next row's cells; NaN where there is no score."""
        self._codes.append(self._places.setdefault(label, len(self._places)))
        self._scores.append(score)

    def rank(self, ids: Mapping[str, int]) -> RankColumn:
        """What was added, as a rank of labels with these classes."""
        labels = list(self._places)
        return RankColumn(
            codes=self._codes,
            labels=labels,
            display_names=labels,
            class_ids=[ids.get(label, -1) for label in labels],
            scores=self._scores,
        )


class _ClassReader:
    """Reads rows with one label, and its runners-up."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._scored = scored_labels(columns)
        self._columns = rank_columns(columns)[1:]
        self._seconds = array("d")
        self._best, self._others = _Texts(), [_Texts() for _ in self._columns]
        self._frames: Counter[tuple[str, int]] = Counter()

    def read(self, row: Row) -> None:
        """Take the next row."""
        self._read_best(row)
        is_blank = False
        for texts, (label, score) in zip(self._others, self._columns, strict=True):
            is_blank = is_blank or not (isinstance(row[label], str) and row[label])
            is_blank = is_blank or row[score] in (None, "")
            texts.add("" if is_blank else row[label], math.nan if is_blank else _score(row, score))
        self._seconds.append(_seconds(row))

    def annotations(self) -> list[Annotation]:
        """What is shown at the rows that were read."""
        ids = assign_class_ids(self._frames, scored=self._scored)
        ranks = [texts.rank(ids) for texts in (self._best, *self._others)]
        return _all(ClassAnnotations(self._seconds, ranks))

    def _read_best(self, row: Row, *, needs_score: bool = True) -> None:
        is_known = row.get("class_id") not in (None, "")
        label = str(row["label"])
        self._frames[label, int(_number(row, "class_id")) if is_known else -1] += 1
        self._best.add(label, _score(row, "confidence") if needs_score else math.nan)


class _MultiLabelReader(_ClassReader):
    """Reads rows with any number of labels, which their cell `labels` lists."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(columns)
        self._places = {in_a_list(label): place for place, label in enumerate(self._scored)}
        self._ends = array("q", [0])
        self._counting = array("i")
        self._scores = array("d")

    def read(self, row: Row) -> None:
        """Take the next row."""
        cell = row[LABELS]
        texts = split(cell) if isinstance(cell, str) else []
        if unknown := [text for text in texts if text not in self._places]:
            raise ValueError(
                f"labels holds {unknown[0]!r}, and there is no column {SCORE + unknown[0]!r}"
            )
        for place in map(self._places.__getitem__, texts):
            self._counting.append(place)
            self._scores.append(_score(row, SCORE + self._scored[place]))
        self._ends.append(len(self._counting))
        self._read_best(row, needs_score=not texts)
        self._seconds.append(_seconds(row))

    def annotations(self) -> list[Annotation]:
        """What is shown at the rows that were read."""
        ids = assign_class_ids(self._frames, scored=self._scored)
        classes = [ids[label] for label in self._scored]

        def answer(cell: int) -> Answer:
            place, score = self._counting[cell], self._scores[cell]
            return Answer(label=self._scored[place], class_id=classes[place], confidence=score)

        def counting(row: int) -> list[Answer]:
            return [answer(cell) for cell in range(self._ends[row], self._ends[row + 1])]

        return _all(LabelAnnotations(self._seconds, self._best.rank(ids), counting))


class _ValueReader:
    """Reads rows with the values of a regression, which have no units in a table."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = [column for column in columns if column.startswith(VALUE)]
        self._seconds = array("d")
        self._numbers = [array("f") for _ in self._columns]

    def read(self, row: Row) -> None:
        """Take the next row."""
        self._seconds.append(_seconds(row))
        for column, numbers in zip(self._columns, self._numbers, strict=True):
            numbers.append(_number(row, column))

    def annotations(self) -> list[Annotation]:
        """What is shown at the rows that were read."""
        scales = value_scales([column.removeprefix(VALUE) for column in self._columns])
        return _all(ValueAnnotations(self._seconds, scales, self._numbers))


def _all(rows: ClassAnnotations | LabelAnnotations | ValueAnnotations) -> list[Annotation]:
    return [rows.annotation(row) for row in range(len(rows))]


def _seconds(row: Row) -> float:
    seconds = _number(row, "timestamp")
    if abs(seconds) > LONGEST_SECONDS:
        raise ValueError(f"timestamp is {row['timestamp']!r}, not a time in a clip")
    return seconds


def _score(row: Row, column: str) -> float:
    """With its six decimals: 32-bit floats and full ones draw the same picture as the CSV."""
    score = _number(row, column)
    if not -SCORE_SLACK <= score <= 1 + SCORE_SLACK:
        raise ValueError(f"{column} is {row[column]!r}, not a score of 0 to 1")
    return rounded_score(score)


def _number(row: Row, column: str) -> float:
    cell = row[column]
    try:
        is_text = isinstance(cell, str)
        number = math.nan if is_text and ("_" in cell or not cell.isascii()) else float(cell)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{column} is {cell!r}, not a number")
    return number
