"""Takes samples for validation by whole groups, and by time where a label has one group only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.core.counting import counted
from vidclf.dataset.checks import listed
from vidclf.dataset.choice import choose_groups
from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.groups import SampleGroups
from vidclf.dataset.samples import Sample
from vidclf.dataset.split_parts import GAP, TRAIN, VAL
from vidclf.dataset.strata import Strata
from vidclf.dataset.time_blocks import cut_by_time

_FEW = 0.5
"""Of the wanted share: less than this is told of."""


@dataclass(frozen=True, slots=True)
class Division:
    """Divides samples by groups, and recordings by time where there is no other way."""

    data: LabelledSet
    samples: Sequence[Sample]
    found: SampleGroups
    strata: Strata
    val_fraction: float
    seed: int

    def divide(self, parts: NDArray[np.int8]) -> list[str]:
        """Set what is for validation, and gaps; say what was done."""
        is_free = parts == TRAIN
        choice = choose_groups(
            self.strata,
            self.found.groups,
            is_free,
            val_fraction=self.val_fraction,
            seed=self.seed,
        )
        parts[choice.is_val] = VAL
        cut = choice.uncut
        if not choice.is_val.any() and not cut:  # numbers of one recording
            cut = tuple(range(len(self.strata.names)))
        notes = self._together_notes()
        if cut:
            notes += self._cut(parts, cut)
        return [*notes, *self._drop_common(parts), *self._few_notes(parts, cut)]

    def _cut(self, parts: NDArray[np.int8], cut: Sequence[int]) -> list[str]:
        blocks = cut_by_time(
            self.data,
            self.samples,
            self.strata,
            cut,
            parts == TRAIN,
            val_fraction=self.val_fraction,
        )
        parts[blocks.is_val], parts[blocks.is_gap] = VAL, GAP
        names = listed(repr(self.strata.names[stratum]) for stratum in cut)
        prefix = f"{names}: " if self.strata.are_labels else ""
        left_out = int(blocks.is_gap.sum())
        gap = f", after a gap of {counted(left_out, 'picture')}" if left_out else ""
        return [
            f"{prefix}all is of one recording or group, so the last {self.val_fraction:.0%} of its "
            f"pictures are kept for validation{gap}. This is weak evidence: how well other "
            "recordings are told is not measured; add some"
        ]

    def _together_notes(self) -> list[str]:
        kept = self.found.kept_together
        if not kept:
            return []
        return [
            f"{kept} pictures have near-duplicates in other files, and are kept together with them"
        ]

    def _drop_common(self, parts: NDArray[np.int8]) -> list[str]:
        """Leave out of validation what looks like a picture of another group in training."""
        looks = self.found.looks
        is_common = np.isin(looks, looks[parts == TRAIN]) & (parts == VAL)
        other = is_common & ~np.isin(self.found.groups, self.found.groups[parts == TRAIN])
        parts[other] = GAP
        if not other.any():
            return []
        return [
            f"{counted(int(other.sum()), 'picture')} left out of validation, with near-duplicates "
            "in training, such as an opening that several clips share"
        ]

    def _few_notes(self, parts: NDArray[np.int8], cut: Sequence[int]) -> list[str]:
        """Say of which labels far less is kept for validation than was wanted."""
        if not self.strata.are_labels:
            return []
        kept, totals = (self.strata.count(np.isin(parts, of)) for of in ((VAL,), (TRAIN, VAL)))
        few = np.flatnonzero(kept < _FEW * self.val_fraction * totals)
        said = [f"{self.strata.names[s]!r} ({kept[s]} of {totals[s]})" for s in few if s not in cut]
        if not said:
            return []
        return [
            f"few pictures could be kept for validation without dividing a recording or group: "
            f"{listed(said)}; add recordings"
        ]
