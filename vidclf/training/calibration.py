"""A temperature that makes scores as sure as they are right (Guo et al. 2017, section 4.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vidclf.training.layers import Dense
from vidclf.training.losses import activated, mean_loss
from vidclf.training.targets import Floats, Targets

_COLDEST, _HOTTEST = 0.05, 20.0
_TOLERANCE = 1e-4


def fit_temperature(outputs: NDArray[np.floating], targets: Targets) -> float:
    """Find the temperature T with the lowest loss of `activated(outputs / T)`.

    Args:
        outputs: (N, C) of the last layer, without softmax or sigmoid, of samples that were not
            learnt from.
        targets: their right answers.

    Returns:
        More than 0; 1 for a regression.
    """
    if targets.task == "regression":
        return 1.0
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        scores = activated(outputs / np.exp(log_temperature), targets.task)
        return mean_loss(scores, targets)

    bounds = (np.log(_COLDEST), np.log(_HOTTEST))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": _TOLERANCE})
    return float(np.exp(found.x))


def cooled(layer: Dense, temperature: float) -> Dense:
    """Return the last layer with a temperature in its weights: the network needs no layer more."""
    factor = np.float32(1 / temperature)
    return Dense(kernel=_scaled(layer.kernel, factor), bias=_scaled(layer.bias, factor))


def _scaled(values: Floats, factor: np.float32) -> Floats:
    return np.asarray(values * factor, np.float32)
