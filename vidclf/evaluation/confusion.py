"""Which class is taken for which, as counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often each class was answered where each was true."""

    labels: tuple[str, ...]
    """Class → name, C of them."""
    counts: NDArray[np.int64]
    """(C, C) cases: the true class by rows, the answered one by columns."""
    others: int = 0
    """How many classes the last row and column stand for; 0 where they are a class like any."""


def confusion_of(
    truth: NDArray[np.int64], answers: NDArray[np.int64], labels: Sequence[str]
) -> Confusion:
    """Count the cases of each true and answered class.

    Args:
        truth: (N,) class ids.
        answers: (N,) class ids.
        labels: a name for each class.
    """
    size = len(labels)
    counts = np.bincount(truth * size + answers, minlength=size * size).reshape(size, size)
    return Confusion(labels=tuple(labels), counts=counts.astype(np.int64))


def most_confused(confusion: Confusion, most: int) -> Confusion:
    """The classes of the most frequent mistakes, in their order; the others become one.

    Of more classes than `most`, those without a case that are never answered are left out at first.

    Args:
        confusion: of any number of classes; as it is where it has no more than `most`.
        most: the largest number of classes.
    """
    if len(confusion.labels) <= most:
        return confusion
    confusion = _used(confusion)
    size = len(confusion.labels)
    if size <= most:
        return confusion
    chosen = sorted(_by_mistakes(confusion.counts, most - 1))
    group = np.full(size, len(chosen))
    group[chosen] = np.arange(len(chosen))
    counts = np.zeros((most, most), np.int64)
    np.add.at(counts, (group[:, None], group[None, :]), confusion.counts)
    rest = size - len(chosen)
    names = (*(confusion.labels[place] for place in chosen), f"{rest} others")
    return Confusion(labels=names, counts=counts, others=rest)


def _used(confusion: Confusion) -> Confusion:
    places = np.flatnonzero(confusion.counts.sum(axis=0) + confusion.counts.sum(axis=1))
    labels = tuple(confusion.labels[place] for place in places)
    return Confusion(labels=labels, counts=confusion.counts[np.ix_(places, places)])


def _by_mistakes(counts: NDArray[np.int64], most: int) -> Iterator[int]:
    """Classes, first those of the most frequent mistakes, then those with the most cases.

    Where few classes have cases, as of a model of a thousand, these come before all.
    """
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    pairs = np.argsort(-wrong, axis=None, kind="stable")[: most * most]
    with_cases = np.flatnonzero(counts.sum(axis=1)).tolist()
    found: dict[int, None] = dict.fromkeys(with_cases if len(with_cases) <= most // 2 else ())
    for true, answered in zip(*np.unravel_index(pairs, wrong.shape), strict=True):
        if len(found) + len({true, answered} - found.keys()) > most:
            break
        if wrong[true, answered]:
            found |= dict.fromkeys((int(true), int(answered)))
    by_cases = np.argsort(-counts.sum(axis=1), kind="stable")
    found |= dict.fromkeys(int(place) for place in by_cases)
    yield from list(found)[:most]
