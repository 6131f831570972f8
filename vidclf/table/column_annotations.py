"""Tells what is shown at each row of an opened table, reading its columns when it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vidclf.core.annotation import Annotation, Answer
from vidclf.core.thresholds import ThresholdOf, certain_threshold, reaches
from vidclf.table.annotations import (
    ClassAnnotations,
    LabelAnnotations,
    RankColumn,
    ValueAnnotations,
    ValueScale,
    value_scales,
)
from vidclf.table.cells import rounded_scores
from vidclf.table.label_lists import CountingLabels
from vidclf.table.label_names import LabelNames
from vidclf.table.schema import LABELS, VALUE, rank_columns
from vidclf.table.table import Table

T = TypeVar("T")


class AnnotationRows(Protocol):
    """What is shown at the rows of a table."""

    def annotation(self, row: int) -> Annotation:
        """What is shown at a row, counted from 0."""
        ...

    def holding(self) -> Iterator[Sequence[Answer]]:
        """The labels that hold at each row, in order, as `holding_answers` has them."""
        ...

    def changes(self, threshold: float) -> Iterable[int]:
        """The rows that tell all that a timeline or a gauge's range is made of.

        Args:
            threshold: from which the one label of a frame is drawn as certain.
        """
        ...

    def first_showings(self, threshold: float) -> Iterable[int]:
        """The rows, in order, at which any label may count for the first time.

        Args:
            threshold: from which the one label of a frame is drawn as certain.
        """
        ...

    def __len__(self) -> int: ...


def annotation_rows(
    table: Table, names: LabelNames | None = None, *, threshold_of: ThresholdOf | None = None
) -> AnnotationRows:
    """What is shown at the rows of a table.

    Args:
        table: the table.
        names: what is called otherwise or left out.
        threshold_of: the score from which a label counts, of those that are to count from another
            one than the table says.

    Raises:
        SourceError: a label in `labels` has no column of scores.
    """
    names = names or LabelNames()
    threshold_of = threshold_of or (lambda _: None)
    if table.kind == "values":
        return _ValueColumns(table, names)
    if table.kind == "labels":
        return _LabelColumns(table, names, threshold_of)
    return _ClassColumns(table, names, threshold_of)


def change_annotations(rows: AnnotationRows, threshold: float | None) -> Iterator[Annotation]:
    """What is shown where the timeline changes, in order: enough to draw all of it beforehand."""
    least = certain_threshold(threshold)
    return map(rows.annotation, rows.changes(least))


class _ClassColumns(ClassAnnotations):
    """The label of each row, and its runners-up."""

    def __init__(self, table: Table, names: LabelNames, threshold_of: ThresholdOf) -> None:
        ranks = [_rank_column(table, names, *pair) for pair in rank_columns(table.columns.names)]
        super().__init__(_cells(table, "timestamp"), ranks)
        self._codes = table.texts("label").codes
        self._scores = table.numbers("confidence")
        thresholds = [threshold_of(label) for label in self._best.labels]
        self._least = np.array([-np.inf if least is None else least for least in thresholds])

    def holding(self) -> Iterator[Sequence[Answer]]:
        """The label of each row, where its score is high enough."""
        scores = rounded_scores(self._scores)
        holds = reaches(scores, self._least[self._codes])
        columns = self._codes.tolist(), scores.tolist(), holds.tolist()
        for code, score, is_held in zip(*columns, strict=True):
            best = self._best.answer_of(code, score) if is_held else None
            yield () if best is None else (best,)

    def changes(self, threshold: float) -> Iterable[int]:
        """Where the label changes, or becomes certain or uncertain."""
        return _changes(self._codes, reaches(rounded_scores(self._scores), threshold))

    def first_showings(self, threshold: float) -> Iterable[int]:
        """Where each label is certain for the first time."""
        certain = np.flatnonzero(reaches(rounded_scores(self._scores), threshold))
        rows: list[int] = certain[_firsts(self._codes[certain])].tolist()
        return rows


class _LabelColumns(LabelAnnotations):
    """The labels of each row that count, or the best one, which is not sure."""

    def __init__(self, table: Table, names: LabelNames, threshold_of: ThresholdOf) -> None:
        self._labels = CountingLabels(table, names, threshold_of)
        best = _rank_column(table, names, "label", "confidence")
        super().__init__(_cells(table, "timestamp"), best, self._labels.answers)
        self._lists = table.texts(LABELS).codes
        self._best_codes = table.texts("label").codes

    def holding(self) -> Iterator[Sequence[Answer]]:
        """The labels of each row that count."""
        return self._labels.all_answers()

    def changes(self, threshold: float) -> Iterable[int]:
        """Where other labels count, or another one is the best while none does."""
        if self._labels.are_listed:
            return _changes(self._lists, self._best_codes)
        return range(len(self))

    def first_showings(self, threshold: float) -> Iterable[int]:
        """Where each set of labels counts for the first time."""
        return _firsts(self._lists).tolist() if self._labels.are_listed else range(len(self))


class _ValueColumns(ValueAnnotations):
    """The values of each row, with units and ranges as the manifest tells them."""

    def __init__(self, table: Table, names: LabelNames) -> None:
        scales = _scales(table, names)
        self._numbers = [table.numbers(VALUE + name) for name in scales]
        super().__init__(
            _cells(table, "timestamp"),
            list(scales.values()),
            [_cells(table, VALUE + name) for name in scales],
        )

    def holding(self) -> Iterator[Sequence[Answer]]:
        """No label at any row: values have none."""
        return iter([()] * len(self))

    def changes(self, threshold: float) -> Iterable[int]:
        """Where each value is lowest and highest."""
        return sorted({int(place) for n in self._numbers for place in (n.argmin(), n.argmax())})

    def first_showings(self, threshold: float) -> Iterable[int]:
        """None: values have no labels."""
        return ()


def _rank_column(table: Table, names: LabelNames, label: str, score: str) -> RankColumn:
    column = table.texts(label)
    labels = list(column.distinct)
    display_names = [names.display_name(name) for name in labels]
    ids = names.class_ids(table.class_ids)
    return RankColumn(
        codes=column.codes.data,
        labels=labels,
        display_names=display_names,
        class_ids=[-1 if name is None else ids.get(name, -1) for name in display_names],
        scores=_cells(table, score),
    )


def _cells(table: Table, column: str) -> Sequence[float]:
    """A column of numbers: as memory, each of them is had in half the time an array takes."""
    return table.numbers(column).data


def _scales(table: Table, names: LabelNames) -> dict[str, ValueScale]:
    """Name in the table → scale of each value that is shown, in the model's order."""
    order, model = values_in_model_order(table), table.manifest.model
    display_names = [names.display_name(name) for name in order]
    scales = value_scales(
        [name or "" for name in display_names],
        units=_for_each(model.units, order),
        bounds=_for_each(model.ranges, order),
    )
    triples = zip(order, display_names, scales, strict=True)
    return {name: scale for name, display_name, scale in triples if display_name is not None}


def values_in_model_order(table: Table) -> list[str]:
    """The names of the values in the model's order, as the manifest tells it; else the table's."""
    names = table.manifest.model.values or ()
    return list(names) if sorted(names) == sorted(table.values) else table.values


def _for_each(entries: Sequence[T] | None, values: Sized) -> Sequence[T]:
    """The entries, if there is one for each value."""
    return entries if entries is not None and len(entries) == len(values) else ()


def _firsts(codes: NDArray[Any]) -> NDArray[np.int64]:
    """The places where each number stands for the first time, in order; -1 is the lowest.

    `numpy.unique` imports all of `numpy.ma`, which takes longer than most tables.
    """
    places = np.full(codes.max(initial=-1) + 2, -1, np.int64)
    places[codes[::-1]] = np.arange(len(codes))[::-1]  # of equal codes, the last one written stays
    return np.sort(places[places >= 0])


def _changes(*columns: NDArray[Any]) -> Iterable[int]:
    """The first row, and each in which a column differs from the row before."""
    changed = np.zeros(len(columns[0]), np.bool_)
    changed[0] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    rows: list[int] = np.flatnonzero(changed).tolist()
    return rows
