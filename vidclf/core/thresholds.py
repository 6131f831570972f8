"""Decides which labels count: a label does where its score reaches its threshold.

Where a frame may have any number of labels, each one counts from its own threshold on
(`label_thresholds`, `reaches`, `best_first`). Where it has one, that label holds however low its
score is, unless segments are asked for from a threshold on (`holding_answers`); below the overlay's
threshold it is drawn as uncertain (`is_certain`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.annotation import Annotation, Answer
from vidclf.errors import UsageError

ThresholdOf = Callable[[str], float | None]
"""Label → the score from which it counts; None where the table says so."""


DEFAULT_LABEL_THRESHOLD = 0.5
"""For labels of which a frame may have any number."""
DEFAULT_CERTAIN_THRESHOLD = 0.3
"""For the one label of a frame: below it the label is drawn as uncertain."""


def certain_threshold(asked: float | None) -> float:
    """The score from which the one label of a frame is drawn as certain, wherever it is drawn.

    Args:
        asked: the threshold that the user gave, or the run was given; None for 0.3.
    """
    return DEFAULT_CERTAIN_THRESHOLD if asked is None else asked


def label_thresholds(
    count: int, *, asked: float | None, own: Sequence[float] | None
) -> tuple[float, ...]:
    """The score from which each label of a multi-label model counts.

    The one that was asked for, else the model's own for each label, else 0.5.

    Args:
        count: how many labels there are.
        asked: the threshold that the user gave for all of them, 0 to 1.
        own: the model's own, one for each label.

    Raises:
        UsageError: the model's own would be taken, and are not one for each label.
    """
    if asked is not None:
        return (asked,) * count
    if own is None:
        return (DEFAULT_LABEL_THRESHOLD,) * count
    if len(own) != count:
        raise UsageError(f"{len(own)} thresholds for {count} labels: each label needs one")
    return tuple(own)


def reaches(scores: NDArray[np.floating[Any]], thresholds: Any) -> NDArray[np.bool_]:
    """Whether each score is at its threshold or above it, both 0 to 1, of shapes that fit."""
    reached: NDArray[np.bool_] = scores >= thresholds
    return reached


def best_first(counts: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> list[int]:
    """The places of the labels that count, best first; of equal ones the lower place first.

    Args:
        counts: (C,) whether each label counts.
        scores: (C,) their scores.
    """
    places = np.flatnonzero(counts)
    order: list[int] = places[np.argsort(-scores[places], kind="stable")].tolist()
    return order


def holding_answers(
    annotation: Annotation, threshold_of: ThresholdOf | None = None
) -> Sequence[Answer]:
    """The labels that hold, of which segments are made: the best one, or all that count.

    Args:
        annotation: what is shown at a frame.
        threshold_of: the score from which the best one holds, if there is such a score; all that
            count have reached theirs already.
    """
    if annotation.is_sure is not None:
        return annotation.answers if annotation.is_sure else ()
    best = annotation.answers[:1]
    least = threshold_of(best[0].label) if best and threshold_of else None
    return best if least is None or best[0].confidence >= least else ()


def is_certain(annotation: Annotation, threshold: float) -> bool:
    """Whether a frame's labels are drawn as certain: they count, or the best reaches a threshold.

    Args:
        annotation: what is shown at the frame.
        threshold: the overlay's, 0 to 1, for a frame that has one label.
    """
    if annotation.is_sure is not None:
        return annotation.is_sure
    return not annotation.is_empty and annotation.answers[0].confidence >= threshold
