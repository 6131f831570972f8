"""Labels in the data that are likely wrong, by confident learning.

Northcutt, Jiang and Chuang (2021), "Confident Learning: Estimating Uncertainty in Dataset Labels",
arXiv 1911.00068. Scores must come from a model that was not trained on these cases.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Doubt(NamedTuple):
    """A case whose label is likely wrong."""

    case: int
    """Its place."""
    suggested: int
    """The class that it more likely is."""
    margin: float
    """Score of the suggested class minus that of its label, more than 0."""


def class_thresholds(
    truth: NDArray[np.int64], scores: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """(C,) the mean score of each class over the cases that are labelled so (eq. 2).

    A class without a case has infinity: no case is confidently in it.

    Args:
        truth: (N,) class ids, as labelled.
        scores: (N, C), 0 to 1.
    """
    classes = scores.shape[1]
    own = scores[np.arange(len(truth)), truth].astype(np.float64)
    sums, counts = (np.bincount(truth, weights=w, minlength=classes) for w in (own, None))
    means = np.full(classes, np.inf)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def confident_joint(
    truth: NDArray[np.int64], scores: NDArray[np.floating[Any]]
) -> NDArray[np.int64]:
    """(C, C) how many cases labelled as the row are confidently of the column (eq. 1)."""
    classes = scores.shape[1]
    confident = _confident_classes(truth, scores)
    is_counted = confident >= 0
    places = truth[is_counted] * classes + confident[is_counted]
    return np.bincount(places, minlength=classes**2).reshape(classes, classes)


def doubtful_labels(truth: NDArray[np.int64], scores: NDArray[np.floating[Any]]) -> list[Doubt]:
    """The cases off the diagonal of the confident joint, the largest margin first.

    One whose own label has the better score all the same is no doubt.

    Args:
        truth: (N,) class ids, as labelled.
        scores: (N, C), 0 to 1.
    """
    confident = _confident_classes(truth, scores)
    cases = np.flatnonzero((confident >= 0) & (confident != truth))
    own, other = (scores[cases, classes[cases]] for classes in (truth, confident))
    margins = (other - own).astype(np.float64)
    order = [place for place in np.argsort(-margins, kind="stable") if margins[place] > 0]
    return [
        Doubt(case=int(cases[o]), suggested=int(confident[cases[o]]), margin=float(margins[o]))
        for o in order
    ]


def _confident_classes(
    truth: NDArray[np.int64], scores: NDArray[np.floating[Any]]
) -> NDArray[np.int64]:
    """(N,) the class with the best score of those that reach their thresholds; -1 for none."""
    reached = np.where(scores >= class_thresholds(truth, scores), scores, -1)
    return np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), -1)
