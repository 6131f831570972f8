"""Which samples belong together: those of a clip, of a user's group, and near-duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.near_duplicates import near_duplicate_pairs
from vidclf.dataset.samples import Sample

_MERGING_SHARE = 0.2
"""From this share of common pictures on, two recordings are one group. Below it the pictures are
such as each film of a series begins with; they alone are kept from being on both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleGroups:
    """The groups of samples."""

    groups: NDArray[np.int64]
    """(N,) numbers: samples of one number are of one clip, one `group` or near-duplicates."""
    looks: NDArray[np.int64]
    """(N,) numbers: samples of one number are near-duplicates, be they of one group or not."""
    kept_together: int
    """Samples that have a near-duplicate in another clip and group, and are one group with it."""
    near_duplicates: NDArray[np.int64]
    """(P, 2) places of samples that look alike or are copies, the lower first."""


def sample_groups(
    data: LabelledSet, samples: Sequence[Sample], looks: NDArray[np.float32]
) -> SampleGroups:
    """Find the groups of samples; `looks` is (N, D) float32, `look_of` each."""
    units = _clips_and_groups(data, samples)
    pairs = np.concatenate([near_duplicate_pairs(looks), _copies(samples)])
    alike = linked(len(samples), pairs)
    is_shared = _counts_of(alike, units)[alike] > 1
    shares = np.bincount(units, is_shared) / np.bincount(units)
    first, second = units[pairs].T
    is_merging = np.maximum(shares[first], shares[second]) >= _MERGING_SHARE
    groups = linked(len(shares), np.stack([first, second], axis=1)[is_merging])[units]
    is_together = is_shared & (_counts_of(groups, units)[groups] > 1)
    return SampleGroups(
        groups=groups,
        looks=alike,
        kept_together=int(is_together.sum()),
        near_duplicates=pairs,
    )


def linked(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number what pairs hold together: (P, 2) places of `count` things → (count,) numbers."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), np.int8), tuple(pairs.T)), (count, count))
    _, numbers = connected_components(graph, directed=False)
    return np.asarray(numbers, np.int64)


def _clips_and_groups(data: LabelledSet, samples: Sequence[Sample]) -> NDArray[np.int64]:
    """(N,) numbers: samples of one number are of one file or one of the user's groups."""
    names: dict[object, int] = {}
    pairs = []
    for example in data.examples:
        file = names.setdefault(example.path, len(names))
        group = file if example.group is None else names.setdefault(example.group, len(names))
        pairs.append((file, group))
    numbers = linked(len(names), np.array(pairs, np.int64).reshape(-1, 2))
    of_examples = numbers[[file for file, _ in pairs]]
    used = of_examples[[sample.example for sample in samples]]
    return np.unique(used, return_inverse=True)[1].astype(np.int64)


def _copies(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """Pairs of samples that have one digest."""
    first: dict[str, int] = {}
    pairs = [
        (known, place)
        for place, sample in enumerate(samples)
        if (known := first.setdefault(sample.digest, place)) != place
    ]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _counts_of(outer: NDArray[np.int64], inner: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many different inner numbers each outer number has."""
    pairs = np.unique(np.stack([outer, inner]), axis=1)
    return np.bincount(pairs[0], minlength=int(outer.max(initial=-1)) + 1)
