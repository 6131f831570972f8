"""Confidence and the share of right answers, by bins of confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.evaluation.results import Evaluation
from vidclf.metrics.calibration import DEFAULT_BINS, calibration_bins


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """What is right of the cases of each bin of confidence."""

    edges: NDArray[np.float64]
    """(B + 1,) where the bins begin and end, 0 to 1."""
    counts: NDArray[np.int64]
    """(B,) cases in each."""
    confidence: NDArray[np.float64]
    """(B,) their mean confidence; 0 where there is no case."""
    right: NDArray[np.float64]
    """(B,) the share of them that is right; 0 where there is no case."""
    ece: float
    """The expected calibration error."""


def reliability_of(evaluation: Evaluation) -> Reliability | None:
    """Reliability of answers, or of the scores of several labels; None where scores are unknown."""
    confidences: NDArray[np.floating[Any]] | None
    if evaluation.task == "multi_label" and evaluation.predictions is not None:
        confidences, right = evaluation.predictions.ravel(), evaluation.truth.ravel()
    else:
        confidences, right = evaluation.confidences, ~evaluation.is_wrong
    if confidences is None or evaluation.task == "regression":
        return None
    known = ~np.isnan(confidences)
    if not known.any():
        return None
    return _binned(confidences[known].astype(np.float64), right[known])


def _binned(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> Reliability:
    places = calibration_bins(confidences, DEFAULT_BINS)
    counts = np.bincount(places, minlength=DEFAULT_BINS)
    said = np.bincount(places, confidences, DEFAULT_BINS)
    true = np.bincount(places, right, DEFAULT_BINS)
    whole = np.maximum(counts, 1)
    return Reliability(
        edges=np.linspace(0, 1, DEFAULT_BINS + 1),
        counts=counts.astype(np.int64),
        confidence=said / whole,
        right=true / whole,
        ece=float(np.abs(said - true).sum() / len(right)),
    )
