"""What a model would say under one answer to a question, as the cells of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.core.thresholds import DEFAULT_LABEL_THRESHOLD
from vidclf.settings import Head

_SHOWN = 3
_LABEL_LENGTH = 20


def summary_columns(head: Head, count: int) -> tuple[str, ...]:
    """Name the columns of `summary_cells` over so many inputs."""
    if head == "regression":
        return ()
    spread = f"labels from {DEFAULT_LABEL_THRESHOLD} on" if head == "sigmoid" else "undecided among"
    return (f"mean of {count}", spread)


def summary_cells(scores: Scores, head: Head) -> tuple[str, ...]:
    """Sum up (N, C) scores: the mean confidence, and how peaked they are.

    `undecided among` is the perplexity, 2^H of the scores' entropy H in bits: as many labels as
    are equally likely where one is as undecided; 1 where it is certain.
    """
    if head == "regression":
        return ()
    confidence = f"{scores.max(axis=1).mean():.2f}"
    if head == "sigmoid":
        return confidence, f"{(scores >= DEFAULT_LABEL_THRESHOLD).sum(axis=1).mean():.1f}"
    shares = np.clip(scores.astype(np.float64), np.finfo(np.float64).tiny, 1)
    perplexity = np.exp2(-(shares * np.log2(shares)).sum(axis=1))
    return confidence, f"{perplexity.mean():.1f} labels"


def answer_cell(scores: Scores, head: Head, labels: Sequence[str]) -> str:
    """Show (C,) scores of one input as the viewer would see them first, in a few words."""
    if head == "regression":
        values = [f"{_short(name)} {value:.4g}" for name, value in zip(labels, scores, strict=True)]
        return _some(values)
    best = [int(place) for place in np.argsort(-scores, kind="stable")]
    if head == "sigmoid":
        counting = [place for place in best if scores[place] >= DEFAULT_LABEL_THRESHOLD]
        best = counting or best[:1]
    else:
        best = best[:1]
    return _some([f"{_short(labels[place])} {scores[place]:.2f}" for place in best])


def numbers_cell(outputs: NDArray[Any]) -> str:
    """Show (C,) outputs of one input as they are."""
    return _some([f"{value:.3g}" for value in outputs])


def _some(texts: Sequence[str]) -> str:
    """Join the first few, so that a thousand take one line."""
    return ", ".join([*texts[:_SHOWN], *["…"] * (len(texts) > _SHOWN)])


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_LENGTH else f"{label[: _LABEL_LENGTH - 1]}…"
