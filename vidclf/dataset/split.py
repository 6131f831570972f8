"""Which samples are trained on and which are kept for measuring, so that no shot is in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.samples import Sample

TRAIN, VAL, TEST, GAP = 0, 1, 2, 3
"""What a sample is for; `GAP` is left out, as it stands between two parts of one recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What each sample is for."""

    parts: NDArray[np.int8]
    """(N,) `TRAIN`, `VAL`, `TEST` or `GAP` of each sample."""
    groups: NDArray[np.int64]
    """(N,) numbers: samples of one number are of one clip, one `group` or near-duplicates."""
    notes: tuple[str, ...]
    """What its user should know, in sentences: what was kept together, and weaker evidence."""
    kept_together: int
    """Near-duplicates that would have been divided by clip and group alone."""


def split_samples(
    data: LabelledSet,
    samples: Sequence[Sample],
    looks: NDArray[np.float32],
    *,
    how: Literal["grouped", "random"] | Path = "grouped",
    val_fraction: float = 0.2,
    seed: int = 0,
) -> Split:
    """Divide samples between training and validation; `part` of the data goes first.

    Args:
        data: the labelled data.
        samples: its samples.
        looks: (N, D) float32 `near_duplicates.look_of` of each.
        how: `grouped` keeps together what belongs together, `random` does not, and a file is a
            split that was written before.
        val_fraction: about the share of each class that is kept for validation, 0 to 1.
        seed: of the choice among equals.

    Raises:
        DataError: a class would have nothing to learn from, or nothing to be measured by.
    """
    raise NotImplementedError


def write_split(path: Path, data: LabelledSet, samples: Sequence[Sample], split: Split) -> None:
    """Write a split as a CSV that `how` of `split_samples` takes: a row for each sample."""
    raise NotImplementedError
