"""One call for every task: the figures of predictions, under names that do not change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


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
        What JSON holds, under the names of docs/evaluate.md: `accuracy`, `accuracy_interval`
        ([low, high], 95 %), `balanced_accuracy`, `macro_f1`, `top_k` …, `log_loss`, `ece`,
        `per_class` …; `mae`, `rmse`, `r2` …
    """
    raise NotImplementedError


def expected_calibration_error(
    confidences: NDArray[np.floating[Any]], correct: NDArray[np.bool_], *, bins: int = 15
) -> float:
    """How far confidence is from the share of right answers, on average (Guo et al. 2017, eq. 3).

    Args:
        confidences: (N,) scores of the answers, 0 to 1.
        correct: (N,) whether each answer is right.
        bins: of equal width.
    """
    raise NotImplementedError
