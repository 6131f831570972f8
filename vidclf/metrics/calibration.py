"""Whether confidence is what it says: of answers with a score of 0.8, 80 % should be right."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

DEFAULT_BINS = 15
"""As many as Guo et al. (2017) have."""


def calibration_bins(confidences: NDArray[np.floating[Any]], bins: int) -> NDArray[np.intp]:
    """The bin of each confidence, from 0: bin m holds those above m / bins, up to (m + 1) / bins.

    Args:
        confidences: (N,) 0 to 1; 0 itself is in the first.
        bins: of equal width.
    """
    edges = np.linspace(0, 1, bins + 1)
    places: NDArray[np.intp] = np.searchsorted(edges, confidences, side="left") - 1
    return places.clip(0, bins - 1)


def expected_calibration_error(
    confidences: NDArray[np.floating[Any]],
    correct: NDArray[np.bool_],
    *,
    bins: int = DEFAULT_BINS,
) -> float:
    """How far confidence is from the share of right answers, on average (Guo et al. 2017, eq. 3).

    Args:
        confidences: (N,) scores of the answers, 0 to 1.
        correct: (N,) whether each answer is right.
        bins: of equal width.
    """
    places = calibration_bins(confidences, bins)
    gaps = np.bincount(places, weights=np.asarray(confidences, np.float64) - correct)
    return float(np.abs(gaps).sum() / len(correct))
