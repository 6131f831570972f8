"""Chooses whole groups for validation, so that each label has about its share there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.strata import Strata


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen."""

    is_val: NDArray[np.bool_]
    """(N,) whether a sample is for validation; all of its group are."""
    uncut: tuple[int, ...]
    """Strata that no group could be taken of without leaving nothing to learn from."""


def choose_groups(
    strata: Strata,
    groups: NDArray[np.int64],
    is_free: NDArray[np.bool_],
    *,
    val_fraction: float,
    seed: int,
) -> Choice:
    """Choose groups for validation.

    Large groups are asked for first, equal ones in an order that `seed` gives; a group is taken
    where that brings the labels' shares nearer to `val_fraction`. Then a label that has nothing
    yet gets the group that harms the shares least.

    Args:
        strata: what is to be divided evenly.
        groups: (N,) the group of each sample.
        is_free: (N,) which samples are divided.
        val_fraction: the share of each stratum that is wanted.
        seed: of the order of equals.
    """
    division = _Division(strata, groups, is_free, val_fraction)
    for group in division.order(seed):
        if division.change(group) < 0 and division.can_spare(group):
            division.take(group)
    uncut = [stratum for stratum in division.missing() if not division.take_for(stratum, seed=seed)]
    is_val = is_free & np.isin(groups, np.array(sorted(division.taken), np.int64))
    return Choice(is_val=is_val, uncut=tuple(uncut) if strata.are_labels else ())


class _Division:
    """Groups with what they hold of each stratum, and what was taken of it so far."""

    def __init__(
        self,
        strata: Strata,
        groups: NDArray[np.int64],
        is_free: NDArray[np.bool_],
        val_fraction: float,
    ) -> None:
        is_divided = is_free[strata.samples]
        pairs = np.stack([groups[strata.samples], strata.strata])[:, is_divided]
        (of_group, stratum), counts = np.unique(pairs, axis=1, return_counts=True)
        self._holds: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        if len(of_group):
            starts = np.flatnonzero(np.diff(of_group, prepend=-1))
            for number, strata_in, counts_in in zip(
                of_group[starts],
                np.split(stratum, starts[1:]),
                np.split(counts, starts[1:]),
                strict=True,
            ):
                self._holds[int(number)] = strata_in, counts_in
        self._totals = strata.count(is_free)
        self._targets = val_fraction * self._totals
        self._val = np.zeros(len(strata.names))
        self._groups_left = np.bincount(stratum, minlength=len(strata.names))
        self.taken: set[int] = set()

    def order(self, seed: int) -> list[int]:
        """Groups, large ones first, equal ones by chance."""
        shuffled = np.random.default_rng(seed).permutation(sorted(self._holds))
        return sorted(map(int, shuffled), key=lambda group: -int(self._holds[group][1].sum()))

    def change(self, group: int) -> float:
        """How much farther from the targets the shares are with a group; negative is nearer."""
        strata, counts = self._holds[group]
        missing = self._targets[strata] - self._val[strata]
        change = np.abs(missing - counts) - np.abs(missing)
        return float((change / self._totals[strata]).sum())

    def can_spare(self, group: int) -> bool:
        """Whether each of its strata is in another group, too, that is left to learn from."""
        return bool((self._groups_left[self._holds[group][0]] > 1).all())

    def take(self, group: int) -> None:
        """Take a group for validation."""
        strata, counts = self._holds[group]
        self._val[strata] += counts
        self._groups_left[strata] -= 1
        self.taken.add(group)

    def missing(self) -> list[int]:
        """Strata of which there are samples, and nothing was taken."""
        return [int(stratum) for stratum in np.flatnonzero((self._val == 0) & (self._totals > 0))]

    def take_for(self, stratum: int, *, seed: int) -> bool:
        """Take the group of a stratum that harms the shares least, if one can be spared."""
        if self._val[stratum]:
            return True
        able = [
            group
            for group in self.order(seed)
            if group not in self.taken
            and stratum in self._holds[group][0]
            and self.can_spare(group)
        ]
        if able:
            self.take(min(able, key=self.change))
        return bool(able)
