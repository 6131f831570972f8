"""Whether a converted model says what Keras says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.settings import Head

LARGEST_SCORE_DELTA = 1e-3
"""Largest |Δ score| between OpenVINO and Keras with which the converted model is trusted; for a
regression, of |Δ value| as a share of that value's size."""

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
        "same_top": head not in _ONE_LABEL or _same_top(converted, reference),
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


def _sizes(reference: Scores) -> NDArray[np.float32]:
    """(C,) the size of each value of a regression, more than 0."""
    sizes = np.abs(reference).max(axis=0)
    least = max(float(sizes.max()) * _LEAST_SHARE, float(np.finfo(np.float32).tiny))
    return np.asarray(np.maximum(sizes, least), np.float32)


def _same_top(converted: Scores, reference: Scores) -> bool:
    best, rows = reference.argmax(axis=1), np.arange(len(reference))
    tied = reference[rows, best] - reference[rows, converted.argmax(axis=1)] <= 1e-6
    return bool(tied.all())
