"""Finds the labels that count at each row of a table: those in its column `labels`, or others.

Other ones count where other thresholds are given than the run's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from vidclf.core.annotation import Answer
from vidclf.core.thresholds import ThresholdOf, best_first, reaches
from vidclf.errors import SourceError
from vidclf.table.cells import rounded_score, rounded_scores
from vidclf.table.file_formats import where
from vidclf.table.label_names import LabelNames
from vidclf.table.schema import LABELS, SCORE, in_a_list, split
from vidclf.table.table import Table

_BLOCK = 4096
"""So many rows are compared with thresholds at once: as doubles, all scores would take twice the
memory of the table."""


def check_scored(table: Table) -> None:
    """See that each label in `labels` has a column of scores.

    Raises:
        SourceError: one has none; the first row that holds such a label is named.
    """
    scored = {in_a_list(label) for label in table.classes}
    cells = _distinct_lists(table)
    unscored = [code for code, cell in enumerate(cells) if not scored.issuperset(split(cell))]
    codes = table.texts(LABELS).codes
    rows = np.flatnonzero(np.isin(codes, unscored))
    if rows.size:
        row = int(rows[0])
        label = next(text for text in split(cells[codes[row]]) if text not in scored)
        raise SourceError(
            f"the table {table.path}, {where(table.path, row)}: labels holds {label!r}, and there "
            f"is no column {SCORE + label!r}: add it, or take the label out"
        )


def list_places(table: Table) -> list[list[int]]:
    """For each distinct list in `labels`, the places of its labels among those with scores.

    Raises:
        SourceError: a label in it has no column of scores.
    """
    check_scored(table)
    places = {in_a_list(label): place for place, label in enumerate(table.classes)}
    return [[places[text] for text in split(cell)] for cell in _distinct_lists(table)]


def list_masks(lists: Sequence[Sequence[int]], count: int) -> NDArray[np.bool_]:
    """(L, count): which of `count` labels each of L lists holds, which gives their places."""
    masks = np.zeros((len(lists), count), np.bool_)
    rows = np.repeat(np.arange(len(lists)), [len(places) for places in lists])
    masks[rows, list(chain.from_iterable(lists))] = True
    return masks


def _distinct_lists(table: Table) -> list[str]:
    return list(table.texts(LABELS).distinct)


class CountingLabels:
    """The labels that count at each row of a table with several labels a frame.

    Args:
        table: the table.
        names: what is called otherwise or left out.
        threshold_of: the score from which a label counts; None for where its row lists it.

    Raises:
        SourceError: a label in `labels` has no column of scores.
    """

    def __init__(self, table: Table, names: LabelNames, threshold_of: ThresholdOf) -> None:
        labels, ids = list(table.classes), names.class_ids(table.class_ids)
        thresholds = [threshold_of(label) for label in labels]
        self.are_listed = all(threshold is None for threshold in thresholds)
        """Whether they are those in `labels`."""
        self._display_names = [names.display_name(label) for label in labels]
        self._class_ids = [ids.get(name or "", -1) for name in self._display_names]
        self._columns = [table.numbers(SCORE + label) for label in labels]
        self._cells = [column.data for column in self._columns]
        self._codes = table.texts(LABELS).codes
        self._lists = list_places(table)
        self._thresholds = np.array([np.inf if least is None else least for least in thresholds])
        self._masks = list_masks(self._lists, len(labels)) & np.isinf(self._thresholds)
        self._block = range(0)

    def answers(self, row: int) -> list[Answer | None]:
        """The labels that count at a row, best first; None for each that is hidden."""
        if self.are_listed:
            places = self._lists[self._codes[row]]
            return [self._answer(p, rounded_score(self._cells[p][row])) for p in places]
        if row not in self._block:
            self._block = range(row - row % _BLOCK, row - row % _BLOCK + _BLOCK)
            self._counts, self._scores = self._count(self._block)
        scores = self._scores[row - self._block.start]
        places = best_first(self._counts[row - self._block.start], scores)
        return [self._answer(p, float(scores[p])) for p in places]

    def all_answers(self) -> Iterator[Sequence[Answer]]:
        """The labels that count at each row, in order of the rows but not of their scores."""
        for start in range(0, len(self._codes), _BLOCK):
            counts, scores = self._count(range(start, start + _BLOCK))
            frames, places = np.nonzero(counts)
            pairs = places.tolist(), scores[frames, places].tolist()
            ends = np.cumsum(counts.sum(axis=1)).tolist()
            for first, last in pairwise([0, *ends]):
                answers = map(self._answer, *(cells[first:last] for cells in pairs))
                yield [answer for answer in answers if answer is not None]

    def _count(self, block: range) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Of a block of B rows: (B, C) which labels count, and their scores."""
        rows = slice(block.start, block.stop)
        scores = rounded_scores(np.column_stack([column[rows] for column in self._columns]))
        return reaches(scores, self._thresholds) | self._masks[self._codes[rows]], scores

    def _answer(self, place: int, score: float) -> Answer | None:
        label = self._display_names[place]
        if label is None:
            return None
        return Answer(label=label, class_id=self._class_ids[place], confidence=score)
