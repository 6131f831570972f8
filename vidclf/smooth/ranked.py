"""The best answers of each frame of a class table, as numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from vidclf.core.frames import Scores
from vidclf.smooth.averages import as_written
from vidclf.smooth.intervals import Ticks
from vidclf.smooth.min_duration import Codes
from vidclf.table.schema import SCORE, rank_columns
from vidclf.table.table import Table

NONE = -1
"""The code of a place that is empty."""

_BLOCK_ROWS = 2**14


@dataclass(frozen=True, kw_only=True)
class RankedLabels:
    """M frames with their K best answers; labels go by their place in `labels`."""

    labels: list[str]
    """Code → label."""
    codes: Codes
    """(M, K): the shown label, then the runners-up, best first; `NONE` where there is none."""
    scores: Scores
    """(M, K) their scores; NaN where there is none."""
    all_scores: Scores | None = None
    """(M, C) the score of each of the first C labels, where the table has them."""

    def score_of(self, codes: Codes) -> Scores:
        """(M,) the score of one label in each frame, or the most that it can be.

        A label that is not among the K best has at most the lowest score of these, and at most what
        they leave of 1, the sum of all.
        """
        if self.all_scores is not None:
            own: Scores = self.all_scores[np.arange(len(codes)), codes]
            return own
        scores = self.most_of_others()
        for place in range(self.codes.shape[1]):
            here = self.codes[:, place] == codes
            scores[here] = self.scores[here, place]
        return scores

    def most_of_others(self) -> Scores:
        """(M,) the most that the score of a label can be that is not among the K best."""
        left = np.maximum(1 - np.nansum(self.scores.astype(np.float64), axis=1), 0)
        least = np.nanmin(self.scores, axis=1).astype(np.float64)
        return as_written(np.minimum(least, left))

    def showing(self, codes: Codes, confidences: Scores | None = None) -> RankedLabels:
        """The same with other labels shown; the runners-up are the best of the others.

        Args:
            codes: (M,) what to show.
            confidences: (M,) with which score; its own (`score_of`) by default.
        """
        ranked, scores = self.codes.copy(), self.scores.copy()
        scores[:, 0] = self.score_of(codes) if confidences is None else confidences
        changed = np.flatnonzero(codes != self.codes[:, 0])
        ranked[changed, 0] = codes[changed]
        before = self.codes[changed]
        order = -self.scores[changed]
        order[before == NONE] = np.inf
        order[before == codes[changed, None]] = np.nan  # which sorts behind all
        others = np.argsort(order, axis=1, kind="stable")[:, :-1]
        ranked[changed, 1:] = np.take_along_axis(before, others, axis=1)
        scores[changed, 1:] = np.take_along_axis(self.scores[changed], others, axis=1)
        return replace(self, codes=ranked, scores=scores)


def ranked_by(scores: Scores, count: int) -> tuple[Codes, Scores]:
    """The `count` best of (M, C) scores, (M, count) codes and scores; ties by lower code."""
    codes = np.empty((len(scores), count), np.int32)
    for start in range(0, len(scores), _BLOCK_ROWS):
        left = scores[start : start + _BLOCK_ROWS].copy()
        rows = np.arange(len(left))
        for place in range(count):
            best = left.argmax(axis=1)
            codes[start : start + len(left), place] = best
            left[rows, best] = -np.inf
    return codes, np.take_along_axis(scores, codes, axis=1)


def read_ranked(table: Table, rows: Ticks) -> RankedLabels:
    """The answers of some rows of a class table."""
    columns = list(table.rows.columns)
    scored = [column for column in columns if column.startswith(SCORE)]
    places = rank_columns(columns)
    labels = _labels(table, [label for label, _ in places])
    return RankedLabels(
        labels=labels,
        codes=np.stack([codes_of(table.rows[label], labels)[rows] for label, _ in places], axis=1),
        scores=np.stack([table.rows[score].to_numpy()[rows] for _, score in places], axis=1),
        all_scores=table.rows[scored].to_numpy()[rows] if len(scored) == len(labels) else None,
    )


def codes_of(column: pd.Series[str], labels: list[str]) -> Codes:
    """A column of labels as their places in `labels`; `NONE` for empty cells."""
    places = {label: place for place, label in enumerate(labels)}
    known = [places.get(str(label), NONE) for label in column.cat.categories]
    found: Codes = np.array([*known, NONE], np.int32)[column.cat.codes.to_numpy()]
    return found


def column_of(codes: Codes, labels: list[str]) -> pd.Categorical[str]:
    """The inverse of `codes_of`: a column whose categories are the labels that occur, else NaN."""
    used = np.unique(codes[codes != NONE])
    places = np.where(codes == NONE, -1, np.searchsorted(used, codes))
    return pd.Categorical.from_codes(places, pd.Index([labels[code] for code in used.tolist()]))


def _labels(table: Table, columns: list[str]) -> list[str]:
    """All labels: those with a class id first, in its order, then those that never were shown."""
    names = dict.fromkeys(table.classes)
    for column in (*columns, "raw_label"):
        if column in table.rows:
            names.update(dict.fromkeys(map(str, table.rows[column].cat.categories)))
    return list(names)
