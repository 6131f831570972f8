"""How sure a figure is: groups of cases are drawn again and again (Efron 1979).

Frames of one clip are no independent cases, so that whole groups are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
_OUTSIDE_PERCENT = 2.5
"""What lies beyond each end of a 95 % interval."""
_MOST_NUMBERS = 2**22
"""How many numbers are drawn at once, so that memory stays small."""


def mean_interval(
    values: NDArray[Any], groups: NDArray[np.int64], *, seed: int
) -> list[float] | None:
    """The 95 % interval of a mean, by the percentiles of draws of groups.

    Args:
        values: (N,) of each case.
        groups: (N,) the group of each.
        seed: of the draws.

    Returns:
        [low, high]; None of one group, which tells nothing of others.
    """
    sums, sizes = group_sums(values, groups)
    if len(sizes) < 2:
        return None
    return interval_of(drawn_means(sums, sizes, seed=seed))


def interval_of(drawn: NDArray[np.float64]) -> list[float]:
    """The 95 % interval of a figure, [low, high], from that of each draw."""
    low, high = np.percentile(drawn, [_OUTSIDE_PERCENT, 100 - _OUTSIDE_PERCENT])
    return [float(low), float(high)]


def share_interval(
    correct: NDArray[np.bool_], groups: NDArray[np.int64], *, seed: int
) -> list[float] | None:
    """The 95 % interval of a share of right answers: see `mean_interval`.

    Where all are right, or none, draws would differ in nothing and look certain: the open end is
    Clopper and Pearson's (1934) for as many cases as there are groups.
    """
    interval = mean_interval(correct, groups, seed=seed)
    if interval is None or not (correct.all() or not correct.any()):
        return interval
    low = (_OUTSIDE_PERCENT / 100) ** (1 / len(np.unique(groups)))
    return [low, 1.0] if correct.all() else [0.0, 1 - low]


def group_sums(
    values: NDArray[Any], groups: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(G,) the sum of values in each group, and how many there are."""
    _, places = np.unique(groups, return_inverse=True)
    sums = np.bincount(places, weights=np.asarray(values, np.float64))
    return sums.astype(np.float64), np.bincount(places).astype(np.float64)


def drawn_means(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], *, seed: int
) -> NDArray[np.float64]:
    """(DRAWS,) the mean over cases of each draw of as many groups, with replacement.

    Groups that are alike, as all right single cases are, are drawn together: how many of each kind
    come up is multinomial.
    """
    kinds, counts = np.unique(np.column_stack([sums, sizes]), axis=0, return_counts=True)
    drawn = [number @ kinds for number in drawn_numbers(counts, seed=seed)]
    totals = np.concatenate(drawn)
    means: NDArray[np.float64] = totals[:, 0] / totals[:, 1]
    return means


def drawn_numbers(counts: NDArray[np.intp], *, seed: int) -> Iterator[NDArray[np.int64]]:
    """(some draws, K) how many groups of each kind come up, until there are `DRAWS`.

    Args:
        counts: (K,) how many groups there are of each kind.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    total = int(counts.sum())
    at_once = max(1, _MOST_NUMBERS // len(counts))
    for first in range(0, DRAWS, at_once):
        yield random.multinomial(total, counts / total, size=min(at_once, DRAWS - first))
