"""Smoothing of tables with one label a frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from vidclf.core.frames import Scores
from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.smooth.averages import as_written, average
from vidclf.smooth.history import warn_if_smoothed
from vidclf.smooth.hysteresis import held_labels
from vidclf.smooth.intervals import AnswerIntervals
from vidclf.smooth.majority import majority
from vidclf.smooth.min_duration import Codes, without_short_runs
from vidclf.smooth.ranked import (
    NONE,
    RankedLabels,
    codes_of,
    column_of,
    ranked_by,
    read_ranked,
)
from vidclf.smooth.rules import SmoothingRules
from vidclf.table.schema import SCORE, rank_columns
from vidclf.table.table import Table

logger = get_logger(__name__)


def smooth_classes(table: Table, rules: SmoothingRules) -> pd.DataFrame:
    """The rows with other labels.

    Raises:
        UsageError: the method needs scores that the table does not hold.
    """
    intervals = AnswerIntervals.of(table)
    ranked = _by_method(table, read_ranked(table, intervals.rows), intervals, rules)
    if rules.min_duration:
        steady = without_short_runs(ranked.codes[:, 0], intervals, min_duration=rules.min_duration)
        ranked = ranked.showing(steady)
    return _rows(table, ranked, intervals)


def _by_method(
    table: Table, ranked: RankedLabels, intervals: AnswerIntervals, rules: SmoothingRules
) -> RankedLabels:
    if rules.method in ("mean", "exponential"):
        return _averaged(table, ranked, intervals, rules)
    if rules.method == "majority":
        return _by_majority(table, ranked, intervals, window_seconds=rules.window or 0.0)
    if rules.method == "hysteresis":
        return _by_hysteresis(table, ranked, enter=rules.enter or 0.0, leave=rules.leave or 0.0)
    return ranked


def _averaged(
    table: Table, ranked: RankedLabels, intervals: AnswerIntervals, rules: SmoothingRules
) -> RankedLabels:
    scores = _all_scores(table, ranked, rules)
    if not rules.averages:
        return ranked
    warn_if_smoothed(table)
    scores = as_written(average(scores, intervals, rules))
    codes, best = ranked_by(scores, min(ranked.codes.shape[1], scores.shape[1]))
    return replace(ranked, codes=codes, scores=best, all_scores=scores)


def _all_scores(table: Table, ranked: RankedLabels, rules: SmoothingRules) -> Scores:
    """(M, C) scores of all classes: from their columns, or where all are among the best."""
    classes = table.manifest.model.classes
    scores = ranked.all_scores
    if scores is not None and classes in (None, scores.shape[1]):
        return scores
    count = ranked.codes.shape[1]
    if classes == count == len(ranked.labels) and (ranked.codes != NONE).all():
        scores = np.empty_like(ranked.scores)
        np.put_along_axis(scores, ranked.codes.astype(np.intp), ranked.scores, axis=1)
        return scores
    known = f"the {count} best" if scores is None else f"{scores.shape[1]}"
    raise UsageError(
        f"--method {rules.method} averages the scores of all classes, and {table.path} holds those "
        f"of {known}: predict again with --scores --smooth 0, or use --method majority"
    )


def _by_majority(
    table: Table, ranked: RankedLabels, intervals: AnswerIntervals, *, window_seconds: float
) -> RankedLabels:
    """From the model's own labels where the table has them."""
    codes, scores = ranked.codes[:, 0], ranked.scores[:, 0]
    if {"raw_label", "raw_confidence"} <= set(table.rows):
        codes = codes_of(table.rows["raw_label"], ranked.labels)[intervals.rows]
        scores = table.rows["raw_confidence"].to_numpy()[intervals.rows]
    codes, scores = majority(codes, scores, intervals, window_seconds=window_seconds)
    return ranked.showing(codes, as_written(scores))


def _by_hysteresis(
    table: Table, ranked: RankedLabels, *, enter: float, leave: float
) -> RankedLabels:
    codes, unknown = held_labels(ranked, enter=enter, leave=leave)
    if unknown:
        logger.warning(
            "%s: in %d of %d frames the shown label stays because its score is not among the %d "
            "best, and could be --leave %g or more; predict again with --scores to know it",
            table.path, unknown, len(codes), ranked.codes.shape[1], leave,
        )  # fmt: skip
    held = ranked.showing(codes)
    weak = int((held.scores[:, 0] < leave).sum())
    if weak > len(codes) / 2:
        logger.warning(
            "%s: in %d of %d frames the shown label is below --leave %g and no other reaches "
            "--enter %g, so it stays; %s",
            table.path, weak, len(codes), leave, enter, _what_helps(ranked),
        )  # fmt: skip
    return held


def _what_helps(ranked: RankedLabels) -> str:
    """What to do where scores are below both thresholds."""
    half = np.median(np.nanmax(ranked.scores, axis=1))
    if half > 0:
        return f"half of the best scores are {half:.2g} or less: give lower ones"
    return (
        "half of the frames or more have no score above 0, so that no thresholds help: check what "
        "made the table"
    )


def _rows(table: Table, ranked: RankedLabels, intervals: AnswerIntervals) -> pd.DataFrame:
    rows = table.rows.copy(deep=False)
    columns = list(rows.columns)
    for place, (label, score) in enumerate(rank_columns(columns)):
        rows[label] = column_of(ranked.codes[intervals.carried, place], ranked.labels)
        rows[score] = ranked.scores[intervals.carried, place]
    if "class_id" in columns:
        rows["class_id"] = _known_ids(table, ranked)[ranked.codes[intervals.carried, 0]]
    scored = [column for column in columns if column.startswith(SCORE)]
    if scored and ranked.all_scores is not None:
        rows[scored] = ranked.all_scores[intervals.carried, : len(scored)]
    return rows


def _known_ids(table: Table, ranked: RankedLabels) -> Codes:
    """The class id of each label; a warning for those that are to be shown and have none."""
    ids = np.array([table.classes.get(label, -1) for label in ranked.labels], np.int32)
    shown = np.unique(ranked.codes[:, 0])
    if (unknown := shown[ids[shown] < 0]).size:
        logger.warning(
            "%s does not tell the class id of %s, which its run never showed: it is -1; predict "
            "again with --scores to know it",
            table.path,
            ", ".join(repr(ranked.labels[code]) for code in unknown[:5]),
        )
    return ids
