"""Losses and scores of outputs, of every task, in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import Task
from vidclf.training.targets import Floats, Targets

_LEAST = 1e-7
"""No score counts as less likely than this."""


def activated(outputs: NDArray[np.floating], task: Task) -> Floats:
    """(N, C) outputs of the last layer → scores: softmax, sigmoid, or as they are."""
    if task == "classes":
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
    if task == "multi_label":
        return np.asarray(0.5 + 0.5 * np.tanh(0.5 * outputs), np.float32)  # no overflow
    return np.asarray(outputs, np.float32)


def smoothed(targets: Floats, task: Task, share: float) -> Floats:
    """(N, C) right answers of which a share is given to all classes alike (Szegedy et al. 2016)."""
    if task == "classes":
        smooth: Floats = targets * (1 - share) + share / targets.shape[1]
        return smooth
    return targets * (1 - share) + share / 2 if task == "multi_label" else targets


def losses(scores: NDArray[np.floating], targets: Floats, task: Task) -> NDArray[np.float64]:
    """(N,) cross-entropies in nats, summed over labels; of numbers, half the squared errors."""
    if task == "regression":
        return np.asarray(0.5 * np.square(scores - targets, dtype=np.float64).sum(axis=1))
    likely = np.clip(np.asarray(scores, np.float64), _LEAST, 1 - _LEAST)
    if task == "classes":
        return np.asarray(-(targets * np.log(likely)).sum(axis=1))
    return np.asarray(-(targets * np.log(likely) + (1 - targets) * np.log1p(-likely)).sum(axis=1))


def mean_loss(scores: NDArray[np.floating], targets: Targets) -> float:
    """The weighted mean of the losses."""
    each = losses(scores, targets.values, targets.task)
    return float(np.average(each, weights=targets.weights))


def mean_score(scores: NDArray[np.floating], targets: Targets) -> float:
    """The share of right answers, or of right labels; of a regression, the mean absolute error."""
    if targets.task == "regression":
        return float(np.abs(scores - targets.values).mean())
    if targets.task == "classes":
        return float((scores.argmax(axis=1) == targets.values.argmax(axis=1)).mean())
    return float(((scores > 0.5) == (targets.values > 0.5)).mean())
