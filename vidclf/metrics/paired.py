"""Which of two predictions of the same cases is better, and whether that may be chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.metrics.bootstrap import DRAWS, drawn_means, drawn_numbers, group_sums, interval_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much a figure of the first predictions is above that of the second."""

    first: float
    """The figure of the first."""
    second: float
    """That of the second."""
    interval: list[float] | None
    """[low, high] of the difference, 95 %, by draws of groups; None of one group."""
    p_value: float | None
    """How often chance alone gives so much, two-sided, by the same draws; None of one group."""

    @property
    def is_certain(self) -> bool:
        """Whether 0 is out of the interval."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


def mcnemar_p_value(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """The exact test of McNemar (1947): whether two right as often, of independent cases.

    Of the cases that one of them alone has right, each has half.

    Args:
        first: (N,) whether the first is right.
        second: (N,) whether the second is.
    """
    from scipy.stats import binomtest

    apart = int((first != second).sum())
    return float(binomtest(int((first & ~second).sum()), apart).pvalue) if apart else 1.0


def mean_difference(
    first: NDArray[Any], second: NDArray[Any], groups: NDArray[np.int64], *, seed: int = 0
) -> Difference:
    """The difference of two means over cases, such as shares of right answers, or errors.

    Args:
        first: (N,) of each case, of the first predictions.
        second: (N,) of the second.
        groups: (N,) numbers, equal for cases that are not independent.
        seed: of the draws.
    """
    a, b = (np.asarray(values, np.float64) for values in (first, second))
    sums, sizes = group_sums(a - b, groups)
    drawn = drawn_means(sums, sizes, seed=seed) if len(sizes) > 1 else None
    return _difference(float(a.mean()), float(b.mean()), drawn)


def macro_f1_difference(
    truth: NDArray[np.bool_],
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    groups: NDArray[np.int64],
    *,
    seed: int = 0,
) -> Difference:
    """The difference of two macro F1; classes without a case are left out, also of a draw.

    Args:
        truth: (N, C) marks of the true class, or of all true labels.
        first: (N, C) marks of what the first answered.
        second: (N, C) of the second.
        groups: (N,) numbers, equal for cases that are not independent.
        seed: of the draws.
    """
    places = np.unique(groups, return_inverse=True)[1]
    count = int(places.max()) + 1
    of_first, of_second = (_group_counts(truth, marks, places, count) for marks in (first, second))
    whole = np.ones((1, count))
    a, b = (float(_macro_f1(whole, counts)[0]) for counts in (of_first, of_second))
    if count < 2:
        return _difference(a, b, None)
    drawn = [
        _macro_f1(numbers, of_first) - _macro_f1(numbers, of_second)
        for numbers in drawn_numbers(np.ones(count, np.intp), seed=seed)
    ]
    return _difference(a, b, np.concatenate(drawn))


def _difference(first: float, second: float, drawn: NDArray[np.float64] | None) -> Difference:
    if drawn is None:
        return Difference(first=first, second=second, interval=None, p_value=None)
    beyond = min((drawn <= 0).mean(), (drawn >= 0).mean())
    return Difference(
        first=first,
        second=second,
        interval=interval_of(drawn),
        p_value=float(np.clip(2 * beyond, 1 / DRAWS, 1)),
    )


def _group_counts(
    truth: NDArray[np.bool_], answers: NDArray[np.bool_], places: NDArray[np.intp], count: int
) -> tuple[Any, Any, Any]:
    """Of each group, (G, C) sparse: how often a class is true, answered, and both."""
    from scipy.sparse import csr_array

    ones = np.ones(len(places))
    members = csr_array((ones, (places, np.arange(len(places)))), shape=(count, len(places)))
    return tuple(
        (members @ csr_array(marks.astype(np.float64))).T
        for marks in (truth, answers, truth & answers)
    )


def _macro_f1(numbers: NDArray[Any], counts: tuple[Any, Any, Any]) -> NDArray[np.float64]:
    """(B,) the macro F1 of each draw, which tells (B, G) how often each group came up."""
    true, answered, both = (of_groups @ numbers.T for of_groups in counts)
    f1 = np.divide(2 * both, true + answered, out=np.zeros_like(both), where=true > 0)
    means: NDArray[np.float64] = f1.sum(axis=0) / np.maximum((true > 0).sum(axis=0), 1)
    return means
