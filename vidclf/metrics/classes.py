"""Figures of predictions where each case has one label of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.metrics.bootstrap import share_interval
from vidclf.metrics.calibration import expected_calibration_error
from vidclf.metrics.means import mean_of_known

TOP_K = (3, 5)
LEAST_SCORE = float(np.finfo(np.float32).eps)
"""What the logarithm of a score begins at, as in scikit-learn for scores of 32 bits."""


def class_figures(
    truth: NDArray[np.int64],
    scores: NDArray[np.floating[Any]],
    labels: Sequence[str],
    *,
    groups: NDArray[np.int64],
    seed: int,
) -> dict[str, Any]:
    """Measure scores of classes; see `vidclf.metrics.scoring.score`.

    Args:
        truth: (N,) class ids.
        scores: (N, C), 0 to 1; the label with the best one is the answer.
        labels: a name for each class.
        groups: (N,) numbers, equal for cases that are not independent.
        seed: of the draws of the interval.
    """
    answers = scores.argmax(axis=1)
    figures = answer_figures(truth, answers, labels, groups=groups, seed=seed)
    for place, row in enumerate(per_class := figures.pop("per_class")):
        row["average_precision"] = _average_precision(truth == place, scores[:, place])
    return {
        **figures,
        "mean_average_precision": mean_of_known(row["average_precision"] for row in per_class),
        "top_k": _top_k(truth, scores),
        "log_loss": _log_loss(truth, scores),
        "ece": expected_calibration_error(scores.max(axis=1), answers == truth),
        "per_class": per_class,
    }


def answer_figures(
    truth: NDArray[np.int64],
    answers: NDArray[np.int64],
    labels: Sequence[str],
    *,
    groups: NDArray[np.int64],
    seed: int,
) -> dict[str, Any]:
    """Measure answers alone, as where there is no score of every class.

    Args:
        truth: (N,) class ids.
        answers: (N,) class ids.
        labels: a name for each class.
        groups: (N,) numbers, equal for cases that are not independent.
        seed: of the draws of the interval.
    """
    correct = answers == truth
    per_class = _per_class(truth, answers, labels)
    return {
        "accuracy": float(correct.mean()),
        "accuracy_interval": share_interval(correct, groups, seed=seed),
        "balanced_accuracy": mean_of_known(row["recall"] for row in per_class),
        "macro_f1": mean_of_known(row["f1"] for row in per_class),
        "per_class": per_class,
    }


def _per_class(
    truth: NDArray[np.int64], answers: NDArray[np.int64], labels: Sequence[str]
) -> list[dict[str, Any]]:
    """Support, precision, recall and F1 of each class.

    Recall and F1 of a class without a case are None, and precision of one that is never answered.
    """
    from sklearn.metrics import precision_recall_fscore_support

    precision, recall, f1, support = precision_recall_fscore_support(
        truth, answers, labels=np.arange(len(labels)), zero_division=0
    )
    answered = np.bincount(answers, minlength=len(labels))
    return [
        {
            "label": label,
            "support": int(support[place]),
            "precision": float(precision[place]) if answered[place] else None,
            "recall": float(recall[place]) if support[place] else None,
            "f1": float(f1[place]) if support[place] else None,
        }
        for place, label in enumerate(labels)
    ]


def _average_precision(truth: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> float | None:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(truth, scores)) if truth.any() else None


def _top_k(truth: NDArray[np.int64], scores: NDArray[np.floating[Any]]) -> dict[str, float]:
    from sklearn.metrics import top_k_accuracy_score

    classes = scores.shape[1]
    return {
        str(k): float(top_k_accuracy_score(truth, scores, k=k, labels=np.arange(classes)))
        for k in TOP_K
        if k < classes
    }


def _log_loss(truth: NDArray[np.int64], scores: NDArray[np.floating[Any]]) -> float:
    """Mean of -log(score of the true class), scores brought to a sum of 1."""
    whole = scores.sum(axis=1, dtype=np.float64)
    true = scores[np.arange(len(truth)), truth] / np.where(whole > 0, whole, 1)
    return float(-np.log(np.clip(true, LEAST_SCORE, 1)).mean())
