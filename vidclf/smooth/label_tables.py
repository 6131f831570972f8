"""Smoothing of tables with any number of labels a frame: each label on its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.core.thresholds import reaches
from vidclf.errors import UsageError
from vidclf.files.names import manifest_path
from vidclf.smooth.averages import as_written, average
from vidclf.smooth.history import warn_if_smoothed
from vidclf.smooth.hysteresis import triggered
from vidclf.smooth.intervals import AnswerIntervals, Ticks
from vidclf.smooth.majority import majority
from vidclf.smooth.min_duration import without_short_runs
from vidclf.smooth.ranked import column_of, ranked_by
from vidclf.smooth.rules import SmoothingRules
from vidclf.table.label_lists import list_masks, list_places
from vidclf.table.schema import LABELS, SCORE, joined, rank_columns
from vidclf.table.table import Table

_BLOCK_ROWS = 2**16
_DIGIT = 1e-6
"""The last digit of a score: the run compared them before they were rounded."""

LabelMask = NDArray[np.bool_]
"""(M, C): whether each label holds at each inferred frame."""


def smooth_labels(table: Table, rules: SmoothingRules) -> pd.DataFrame:
    """The rows with other labels.

    Raises:
        UsageError: the table does not tell from which scores its labels count.
    """
    intervals = AnswerIntervals.of(table)
    names = list(table.classes)
    columns = [SCORE + name for name in names]
    scores = table.rows[columns].to_numpy()[intervals.rows]
    rows = table.rows.copy(deep=False)
    holds = _holds(table, intervals.rows)
    if rules.averages:
        warn_if_smoothed(table)
        thresholds = _thresholds(table, holds, scores)
        scores = as_written(average(scores, intervals, rules))
        holds = reaches(scores, thresholds)
        rows[columns] = scores[intervals.carried]
        _write_best(rows, names, scores, intervals)
    elif rules.method != "min-duration":
        for place in range(len(names)):
            holds[:, place] = _by_method(holds[:, place], scores[:, place], intervals, rules)
    if rules.min_duration:
        for place in range(len(names)):
            runs = holds[:, place].astype(np.int32)
            holds[:, place] = without_short_runs(runs, intervals, min_duration=rules.min_duration)
    rows[LABELS] = pd.Categorical(_cells(holds, scores, names))[intervals.carried]
    return rows


def _by_method(
    holds: NDArray[np.bool_], scores: Scores, intervals: AnswerIntervals, rules: SmoothingRules
) -> NDArray[np.bool_]:
    """Whether one label holds."""
    if rules.method == "majority":
        codes, _ = majority(
            holds.astype(np.int32), scores, intervals, window_seconds=rules.window or 0.0
        )
        return codes.astype(bool)
    if rules.method == "hysteresis":
        return triggered(scores, enter=rules.enter or 0.0, leave=rules.leave or 0.0)
    return holds


def _holds(table: Table, rows: Ticks) -> LabelMask:
    """Which labels stand in the cells of `labels`."""
    masks = list_masks(list_places(table), len(table.classes))
    mask: LabelMask = masks[table.rows[LABELS].cat.codes.to_numpy()[rows]]
    return mask


def _thresholds(table: Table, holds: LabelMask, scores: Scores) -> Scores:
    """The score from which each label counts; without a manifest, what the labels agree with.

    Raises:
        UsageError: they are not known.
    """
    thresholds = np.asarray(list(table.thresholds.values()), np.float32)
    disagree = np.where(holds, scores < thresholds - _DIGIT, scores >= thresholds + _DIGIT)
    if not table.manifest.has_settings and disagree.any():
        raise UsageError(
            f"{table.path} does not tell from which scores its labels count, which is not "
            f"{thresholds[0]:g}: put its {manifest_path(table.path).name} beside it"
        )
    return thresholds


def _write_best(
    rows: pd.DataFrame, names: list[str], scores: Scores, intervals: AnswerIntervals
) -> None:
    places = rank_columns(rows.columns)
    codes, best = ranked_by(scores, min(len(places), len(names)))
    codes, best = codes[intervals.carried], best[intervals.carried]
    for place, (label, score) in enumerate(places[: codes.shape[1]]):
        rows[label] = column_of(codes[:, place], names)
        rows[score] = best[:, place]
    if "class_id" in rows:
        rows["class_id"] = codes[:, 0]


def _cells(holds: LabelMask, scores: Scores, names: list[str]) -> list[str]:
    """The labels of each frame as one cell, best first; of equal ones the lower class first."""
    cells: list[str] = []
    known: dict[tuple[int, ...], str] = {}
    for start in range(0, len(holds), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        frames, classes = np.nonzero(holds[block])
        order = np.lexsort((classes, -scores[block][frames, classes], frames))
        ranked = classes[order].tolist()
        ends = np.cumsum(holds[block].sum(axis=1)).tolist()
        for first, last in zip([0, *ends], ends, strict=False):
            held = tuple(ranked[first:last])
            if held not in known:
                known[held] = joined([names[place] for place in held])
            cells.append(known[held])
    return cells
