"""What is shown at each row of a table, read from its columns when it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vidclf.core.annotation import Annotation, Answer, Value
from vidclf.errors import SourceError
from vidclf.render.label_names import LabelNames, shown_ids
from vidclf.settings import DEFAULT_THRESHOLD
from vidclf.table.cells import rounded_score, rounded_scores
from vidclf.table.file_formats import where
from vidclf.table.schema import LABELS, SCORE, VALUE, in_a_list, split
from vidclf.table.table import Table

T = TypeVar("T")


class AnnotationRows(Protocol):
    """What is shown at the rows of a table."""

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        ...

    def turns(self, threshold: float) -> Iterable[int]:
        """Rows that tell all that a timeline or a gauge's range is made of.

        Args:
            threshold: from which a ranked label is drawn as certain.
        """
        ...

    def __len__(self) -> int: ...


def annotation_rows(
    table: Table, names: LabelNames, *, threshold: float | None = None
) -> AnnotationRows:
    """What is shown at the rows of a table.

    Args:
        table: the table.
        names: what is called otherwise or left out.
        threshold: where each label has a score of its own, the one from which it counts, instead
            of what stands in `labels`.

    Raises:
        SourceError: a label in `labels` has no column of scores.
    """
    if table.kind == "values":
        return _Values(table, names)
    ids = shown_ids(table.class_ids, names)
    if table.kind == "labels":
        return _Several(table, names, ids, threshold)
    return _Ranked(table.rows, names, ids)


def turning_annotations(rows: AnnotationRows, threshold: float | None) -> Iterator[Annotation]:
    """What is shown where the timeline changes, in order: enough to draw all of it beforehand."""
    return map(rows.annotation, rows.turns(DEFAULT_THRESHOLD if threshold is None else threshold))


class _Ranked:
    """The label of each row, and its runners-up.

    Where the label is hidden nothing is shown, as no runner-up is the frame's answer.
    """

    def __init__(self, rows: pd.DataFrame, names: LabelNames, ids: Mapping[str, int]) -> None:
        self._seconds = rows["timestamp"].to_numpy()
        self._ids = ids
        self._best, *self._others = _places(rows, names)

    def __len__(self) -> int:
        return len(self._seconds)

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        seconds = float(self._seconds[row])
        best = self._best.answer(row, self._ids)
        if best is None:
            return Annotation(pts_seconds=seconds)
        answers = {best.label: best}
        for place in self._others:
            if place.is_blank(row):
                break
            if (other := place.answer(row, self._ids)) is not None:
                answers.setdefault(other.label, other)
        return Annotation(pts_seconds=seconds, answers=tuple(answers.values()))

    def turns(self, threshold: float) -> Iterable[int]:
        """Where the label changes, or becomes certain or uncertain."""
        scores = rounded_scores(self._best.scores)
        return _changes(self._best.codes, scores >= threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One rank: its labels and their scores, row by row."""

    codes: NDArray[np.integer[Any]]
    """Which of `shown`; -1 for none."""
    labels: Sequence[str]
    """The labels as they stand in the table."""
    shown: Sequence[str | None]
    """What they are shown as; None if hidden."""
    scores: NDArray[np.float32]
    """0 to 1."""

    def is_blank(self, row: int) -> bool:
        code = self.codes[row]
        return bool(code < 0 or not self.labels[code] or np.isnan(self.scores[row]))

    def answer(self, row: int, ids: Mapping[str, int]) -> Answer | None:
        label = self.shown[self.codes[row]]
        if label is None:
            return None
        score = rounded_score(float(self.scores[row]))
        return Answer(label=label, class_id=ids.get(label, -1), confidence=score)


def _places(rows: pd.DataFrame, names: LabelNames) -> Iterator[_Place]:
    yield _place(rows, "label", "confidence", names)
    for rank in count(2):
        columns = f"top{rank}_label", f"top{rank}_confidence"
        if not set(columns) <= set(rows.columns):
            return
        yield _place(rows, *columns, names)


def _place(rows: pd.DataFrame, label: str, score: str, names: LabelNames) -> _Place:
    labels = [str(name) for name in rows[label].cat.categories]
    return _Place(
        codes=rows[label].cat.codes.to_numpy(),
        labels=labels,
        shown=[names.shown(name) for name in labels],
        scores=rows[score].to_numpy(np.float32),
    )


class _Several:
    """The labels of each row that count, best first; the best one, not sure, where none does."""

    def __init__(
        self, table: Table, names: LabelNames, ids: Mapping[str, int], threshold: float | None
    ) -> None:
        rows = table.rows
        self._seconds = rows["timestamp"].to_numpy()
        self._ids, self._threshold = ids, threshold
        labels = [c.removeprefix(SCORE) for c in rows.columns if c.startswith(SCORE)]
        self._shown = [names.shown(label) for label in labels]
        self._scores = [rows[SCORE + label].to_numpy() for label in labels]
        self._listed = _listed(table, labels)
        self._cells = rows[LABELS].cat.codes.to_numpy()
        self._best = _place(rows, "label", "confidence", names)

    def __len__(self) -> int:
        return len(self._seconds)

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        counting, best = self._counting(row), self._best.answer(row, self._ids)
        answers: dict[str, Answer] = {}
        for place in counting:
            if (label := self._shown[place]) is not None:
                score = rounded_score(float(self._scores[place][row]))
                class_id = self._ids.get(label, -1)
                answers.setdefault(label, Answer(label=label, class_id=class_id, confidence=score))
        if not counting and best is not None:
            answers[best.label] = best
        return Annotation(
            pts_seconds=float(self._seconds[row]),
            answers=tuple(answers.values()),
            is_sure=bool(counting),
        )

    def turns(self, threshold: float) -> Iterable[int]:
        """Where other labels count, or another one is the best while none does."""
        if self._threshold is not None:
            return range(len(self))
        return _changes(self._cells, self._best.codes)

    def _counting(self, row: int) -> Sequence[int]:
        """Places of the labels that count, best first."""
        if self._threshold is None:
            return self._listed[int(self._cells[row])]
        scores = [rounded_score(float(column[row])) for column in self._scores]
        order = sorted(range(len(scores)), key=lambda place: -scores[place])
        return [place for place in order if scores[place] >= self._threshold]


def _listed(table: Table, labels: Sequence[str]) -> list[Sequence[int]]:
    """For each distinct cell of `labels`, the places of its labels."""
    places = {in_a_list(label): place for place, label in enumerate(labels)}
    listed: list[Sequence[int]] = []
    for code, cell in enumerate(table.rows[LABELS].cat.categories):
        texts = split(str(cell))
        if unknown := [text for text in texts if text not in places]:
            row = int(np.argmax(table.rows[LABELS].cat.codes.to_numpy() == code))
            raise SourceError(
                f"the table {table.path}, {where(table.path, row)}: labels holds {unknown[0]!r}, "
                f"and there is no column {SCORE}{unknown[0]}"
            )
        listed.append([places[text] for text in texts])
    return listed


class _Values:
    """The values of each row, with units and ranges as the manifest tells them."""

    def __init__(self, table: Table, names: LabelNames) -> None:
        self._seconds = table.rows["timestamp"].to_numpy()
        order = {name: place for place, name in enumerate(_in_model_order(table))}
        model = table.manifest.model
        units, ranges = _for_each(model.units, order), _for_each(model.ranges, order)
        self._columns = []
        for name in sorted(table.values, key=order.__getitem__):
            if (shown := names.shown(name)) is not None:
                place, numbers = order[name], table.rows[VALUE + name].to_numpy()
                unit = units[place] if units else ""
                bounds = ranges[place] if ranges else None
                self._columns.append((shown, numbers, unit, bounds, place))

    def __len__(self) -> int:
        return len(self._seconds)

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        values = (
            Value(name=name, number=float(numbers[row]), unit=unit, bounds=bounds, color_id=place)
            for name, numbers, unit, bounds, place in self._columns
        )
        return Annotation(pts_seconds=float(self._seconds[row]), values=tuple(values))

    def turns(self, threshold: float) -> Iterable[int]:
        """Where each value is lowest and highest."""
        numbers = [column[1] for column in self._columns]
        return sorted({int(place) for n in numbers for place in (n.argmin(), n.argmax())})


def _in_model_order(table: Table) -> list[str]:
    """The names of the values in the model's order, as the manifest tells it; else the table's."""
    names = table.manifest.model.values or ()
    return list(names) if sorted(names) == sorted(table.values) else table.values


def _for_each(entries: Sequence[T] | None, values: Sized) -> Sequence[T]:
    """The entries, if there is one for each value."""
    return entries if entries is not None and len(entries) == len(values) else ()


def _changes(*columns: NDArray[Any]) -> Iterable[int]:
    """The first row, and each in which a column differs from the row before."""
    changed = np.zeros(len(columns[0]), np.bool_)
    changed[0] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    turns: list[int] = np.flatnonzero(changed).tolist()
    return turns
