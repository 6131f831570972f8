"""Whether a converted model says what Keras says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.core.thresholds import reaches
from vidclf.settings import Head

LARGEST_SCORE_DELTA = 1e-3
"""Largest |Δ score| between OpenVINO and Keras with which the converted model is trusted; for a
regression, of |Δ value| as a share of that value's size."""

LARGEST_VALUE_DELTA = 0.01
"""Largest |Δ value| of a regression, as a share of that value's size, with which two answers to one
input are the same."""

_LEAST_SHARE = 1e-3
"""A value's size is at least this share of the largest one's: rounding is no smaller."""
_ONE_LABEL: tuple[Head, ...] = ("softmax", "logits", "binary")
"""Heads of which one label is shown."""


def compare(converted: Scores, reference: Scores, head: Head) -> dict[str, Any]:
    """How far (N, C) converted scores are from the reference.

    Scores are compared as they are. Values of a regression are on scales of their own, so the
    difference is divided by the size of that value: its largest |reference| over the frames.

    Returns:
        `frames`; `delta`; and `same_top`, whether each frame has the same top label: always true
        for heads that show several labels or none.
    """
    difference = np.abs(converted - reference)
    if head == "regression":
        difference = difference / _sizes(reference)
    return {
        "frames": len(reference),
        "delta": float(difference.max(initial=0.0)),
        "same_top": head not in _ONE_LABEL or bool(_same_top(converted, reference).all()),
    }


def why_untrusted(check: dict[str, Any]) -> str | None:
    """What is wrong with what `compare` gave, in words; None if nothing is."""
    agrees = check["delta"] <= LARGEST_SCORE_DELTA  # False for NaN, too
    if agrees and check["same_top"]:
        return None
    return (
        f"the OpenVINO form differs from Keras by {check['delta']:.2g} on {check['frames']} "
        f"frames (allowed: {LARGEST_SCORE_DELTA}, and the same top label)"
    )


def same_answers(
    scores: Scores, reference: Scores, head: Head, *, thresholds: Sequence[float]
) -> NDArray[np.bool_]:
    """Whether each of (N, C) scores gives the answer that the reference gives, (N,).

    The answer is the top label; of a multi-label head the labels that count; of a regression its
    values, each within a hundredth of its size.

    Args:
        scores: (N, C).
        reference: (N, C).
        head: what they are scores of.
        thresholds: the score from which each label of a multi-label head counts.
    """
    if head == "regression":
        shares = np.abs(scores - reference) / _sizes(reference)
        return np.asarray((shares <= LARGEST_VALUE_DELTA).all(axis=1))
    if head == "sigmoid":
        return np.asarray(
            (reaches(scores, thresholds) == reaches(reference, thresholds)).all(axis=1)
        )
    return _same_top(scores, reference)


def _sizes(reference: Scores) -> NDArray[np.float32]:
    """(C,) the size of each value of a regression, more than 0."""
    sizes = np.abs(reference).max(axis=0)
    least = max(float(sizes.max()) * _LEAST_SHARE, float(np.finfo(np.float32).tiny))
    return np.asarray(np.maximum(sizes, least), np.float32)


def _same_top(converted: Scores, reference: Scores) -> NDArray[np.bool_]:
    best, rows = reference.argmax(axis=1), np.arange(len(reference))
    tied = reference[rows, best] - reference[rows, converted.argmax(axis=1)] <= 1e-6
    return np.asarray(tied)
