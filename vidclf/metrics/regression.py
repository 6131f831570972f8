"""Figures of predictions that are numbers, such as a steering angle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.metrics.bootstrap import mean_interval
from vidclf.metrics.means import mean_of_known


def value_figures(
    truth: NDArray[np.floating[Any]],
    values: NDArray[np.floating[Any]],
    labels: Sequence[str],
    *,
    groups: NDArray[np.int64],
    seed: int,
) -> dict[str, Any]:
    """Measure estimated values; those of all are the means of those of each.

    Args:
        truth: (N, V) what is true.
        values: (N, V) what was estimated.
        labels: a name for each value.
        groups: (N,) numbers, equal for cases that are not independent.
        seed: of the draws of the interval.
    """
    per_value: list[dict[str, Any]] = [
        {"label": label} | _value_row(truth[:, place], values[:, place])
        for place, label in enumerate(labels)
    ]
    errors = np.abs(truth - values).mean(axis=1, dtype=np.float64)
    return {
        "mae": mean_of_known(row["mae"] for row in per_value),
        "mae_interval": mean_interval(errors, groups, seed=seed),
        "rmse": mean_of_known(row["rmse"] for row in per_value),
        "r2": mean_of_known(row["r2"] for row in per_value),
        "per_value": per_value,
    }


def _value_row(
    truth: NDArray[np.floating[Any]], values: NDArray[np.floating[Any]]
) -> dict[str, Any]:
    """Figures of one value; R² is None where what is true never changes."""
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    changes = bool((truth != truth[0]).any())
    return {
        "mae": float(mean_absolute_error(truth, values)),
        "rmse": float(root_mean_squared_error(truth, values)),
        "r2": float(r2_score(truth, values)) if changes else None,
    }
