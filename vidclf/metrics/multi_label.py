"""Figures of predictions where each case has any number of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.metrics.bootstrap import share_interval
from vidclf.metrics.calibration import expected_calibration_error
from vidclf.metrics.classes import LEAST_SCORE
from vidclf.metrics.means import mean_of_known

_MOST_DIGITS = 9


def label_figures(
    truth: NDArray[np.bool_],
    scores: NDArray[np.floating[Any]],
    answers: NDArray[np.bool_],
    labels: Sequence[str],
    *,
    thresholds: Sequence[float],
    groups: NDArray[np.int64],
    seed: int,
) -> dict[str, Any]:
    """Measure scores of labels; see `vidclf.metrics.scoring.score`.

    Args:
        truth: (N, C) whether a case has a label.
        scores: (N, C), 0 to 1.
        answers: (N, C) whether each label counts.
        labels: a name for each label.
        thresholds: the score from which each label counts.
        groups: (N,) numbers, equal for cases that are not independent.
        seed: of the draws of the interval.
    """
    from sklearn.metrics import f1_score

    correct = (answers == truth).all(axis=1)
    per_class: list[dict[str, Any]] = [
        {"label": label, "threshold": float(thresholds[place])}
        | _label_row(truth[:, place], answers[:, place], scores[:, place])
        for place, label in enumerate(labels)
    ]
    return {
        "accuracy": float(correct.mean()),
        "accuracy_interval": share_interval(correct, groups, seed=seed),
        "macro_f1": mean_of_known(row["f1"] for row in per_class),
        "micro_f1": float(f1_score(truth.ravel(), answers.ravel(), zero_division=0)),
        "mean_average_precision": mean_of_known(row["average_precision"] for row in per_class),
        "log_loss": _log_loss(truth, scores),
        "ece": expected_calibration_error(scores.ravel(), truth.ravel()),
        "per_class": per_class,
    }


def best_threshold(
    truth: NDArray[np.bool_], scores: NDArray[np.floating[Any]]
) -> tuple[float, float]:
    """The threshold with the best F1 for a label, and that F1.

    It is a short number between the lowest score that counts and the highest one that does not.

    Args:
        truth: (N,) whether a case has the label; one at least has.
        scores: (N,) 0 to 1.
    """
    from sklearn.metrics import precision_recall_curve

    precision, recall, steps = precision_recall_curve(truth, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny)
    place = int(f1[:-1].argmax())
    lower = float(steps[place - 1]) if place else 0.0
    return _short_number(lower, float(steps[place])), float(f1[place])


def _short_number(lower: float, upper: float) -> float:
    """A number above `lower`, up to `upper`, with as few digits as can be, near their middle."""
    for digits in range(1, _MOST_DIGITS):
        if lower < (short := round((lower + upper) / 2, digits)) <= upper:
            return short
    return upper


def _label_row(
    truth: NDArray[np.bool_], answers: NDArray[np.bool_], scores: NDArray[np.floating[Any]]
) -> dict[str, Any]:
    """Figures of one label; what a label without a case does not tell is None."""
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support

    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, answers, average="binary", zero_division=0
    )
    has_cases = bool(truth.any())
    threshold, best_f1 = best_threshold(truth, scores) if has_cases else (None, None)
    return {
        "support": int(truth.sum()),
        "precision": float(precision) if answers.any() else None,
        "recall": float(recall) if has_cases else None,
        "f1": float(f1) if has_cases else None,
        "average_precision": float(average_precision_score(truth, scores)) if has_cases else None,
        "suggested_threshold": threshold,
        "suggested_f1": best_f1,
    }


def _log_loss(truth: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> float:
    """Mean of -log(score), or of -log(1 - score) where a case lacks the label, over all labels."""
    of_truth = np.where(truth, scores, 1 - scores).astype(np.float64)
    return float(-np.log(np.clip(of_truth, LEAST_SCORE, 1)).mean())
