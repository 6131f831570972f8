"""What is to be divided evenly: labels, and ranges of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.samples import Sample

_RANGES = 5
"""Ranges of a regression's first value, each with as many samples as the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strata:
    """Which strata samples are of: a label each, or a range of values; several of many labels."""

    names: tuple[str, ...]
    """Stratum → what it is called in messages."""
    samples: NDArray[np.int64]
    """(M,) places of samples, rising; a sample stands here once for each of its strata."""
    strata: NDArray[np.int64]
    """(M,) the stratum of each."""
    are_labels: bool
    """Whether each is to be on both sides; ranges need not."""

    def count(self, weights: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of some samples, (N,), are of each stratum."""
        return np.bincount(self.strata[weights[self.samples]], minlength=len(self.names))


def strata_of(data: LabelledSet, samples: Sequence[Sample]) -> Strata:
    """The strata of samples."""
    examples = [data.examples[sample.example] for sample in samples]
    if data.task == "regression":
        values = np.array([example.values[0] for example in examples])
        edges = np.quantile(values, np.linspace(0, 1, _RANGES + 1)[1:-1])
        return Strata(
            names=tuple(f"range {number + 1}" for number in range(_RANGES)),
            samples=np.arange(len(samples)),
            strata=np.digitize(values, edges),
            are_labels=False,
        )
    number = {label: place for place, label in enumerate(data.labels)}
    pairs = [
        (place, stratum)
        for place, example in enumerate(examples)
        for stratum in ([number[label] for label in example.labels] or [len(number)])
    ]
    places, strata = np.array(pairs, np.int64).reshape(-1, 2).T
    names = (*data.labels, *(["none of the labels"] if len(number) in strata else []))
    return Strata(names=names, samples=places, strata=strata, are_labels=True)
