"""One call for every task: the figures of predictions, under names that do not change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vidclf.errors import DataError
from vidclf.metrics.calibration import expected_calibration_error
from vidclf.metrics.scikit_learn import check_installed

__all__ = ["expected_calibration_error", "score"]


def score(
    task: Literal["classes", "multi_label", "regression"],
    truth: NDArray[Any],
    predictions: NDArray[np.floating[Any]],
    labels: Sequence[str],
    *,
    groups: NDArray[np.int64] | None = None,
    thresholds: Sequence[float] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Measure predictions.

    Args:
        task: what was predicted.
        truth: (N,) int64 class ids for `classes`, (N, C) bool for `multi_label`, (N, V) float for
            `regression`.
        predictions: (N, C) scores, 0 to 1, or (N, V) values.
        labels: a name for each class or value.
        groups: (N,) numbers, equal for cases that are not independent, such as the frames of a
            clip; the interval is drawn over them. None where all are independent.
        thresholds: of each label, for `multi_label`; 0.5 by default.
        seed: of the draws of the interval.

    Returns:
        What JSON holds, under the names of docs/evaluate.md: `cases`, `groups`, and
        `classes`: `accuracy`, `accuracy_interval` ([low, high], 95 %; None of one group),
        `balanced_accuracy`, `macro_f1`, `mean_average_precision`, `top_k` ({"3": …, "5": …}, where
        there are more classes), `log_loss`, `ece`, `per_class`;
        `multi_label`: `accuracy` (all labels of a case right) and its interval, `macro_f1`,
        `micro_f1`, `mean_average_precision`, `log_loss`, `ece`, `per_class` with thresholds;
        `regression`: `mae`, `mae_interval`, `rmse`, `r2`, `per_value`.
        What cannot be told, such as the recall of a class without a case, is None.

    Raises:
        DataError: there is no case.
        UsageError: scikit-learn is not installed.
    """
    from vidclf.metrics.classes import class_figures
    from vidclf.metrics.multi_label import label_figures
    from vidclf.metrics.regression import value_figures

    check_installed()
    if not len(truth):
        raise DataError("there is no case to measure")
    if groups is None:
        groups = np.arange(len(truth))
    counts = {"cases": len(truth), "groups": len(np.unique(groups))}
    if task == "classes":
        return counts | class_figures(truth, predictions, labels, groups=groups, seed=seed)
    if task == "multi_label":
        least = [0.5] * len(labels) if thresholds is None else thresholds
        answers = predictions >= np.array(least)
        return counts | label_figures(
            truth, predictions, answers, labels, thresholds=least, groups=groups, seed=seed
        )
    return counts | value_figures(truth, predictions, labels, groups=groups, seed=seed)
