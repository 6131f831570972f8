"""Cuts a recording into a block to learn from and one to be measured by, with a gap between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.samples import Sample
from vidclf.dataset.strata import Strata
from vidclf.files.places import Place

_GAP_SHARE = 0.1
"""Of the time that a label takes up in a clip."""
_USUAL_GAP_SECONDS = 1.0, 10.0
"""At least and at most …"""
_MOST_GAP_SHARE = 0.25
"""… but of a short time no more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBlocks:
    """How recordings were cut."""

    is_val: NDArray[np.bool_]
    """(N,) the last of each label."""
    is_gap: NDArray[np.bool_]
    """(N,) samples that stand too near to these in time."""


def cut_by_time(
    data: LabelledSet,
    samples: Sequence[Sample],
    strata: Strata,
    cut: Sequence[int],
    is_free: NDArray[np.bool_],
    *,
    val_fraction: float,
) -> TimeBlocks:
    """Keep the last part of each of some strata for validation, and a gap before it.

    Args:
        data: the labelled data.
        samples: its samples.
        strata: their strata.
        cut: which strata are cut.
        is_free: (N,) which samples are divided.
        val_fraction: the share of each stratum that is kept.
    """
    clock = _Clock(data, samples)
    is_val = np.zeros(len(samples), bool)
    gaps: dict[Place, float] = {}
    for stratum in cut:
        of_stratum = strata.samples[strata.strata == stratum]
        places = clock.in_order(of_stratum[is_free[of_stratum]])
        kept = places[len(places) - max(1, round(val_fraction * len(places))) :]
        is_val[kept] = True
        for path, seconds in clock.spans(places).items():
            gap = np.clip(_GAP_SHARE * seconds, *_USUAL_GAP_SECONDS)
            gaps[path] = max(gaps.get(path, 0.0), min(float(gap), _MOST_GAP_SHARE * seconds))
    is_gap = is_free & ~is_val & clock.near(is_val, gaps)
    return TimeBlocks(is_val=is_val, is_gap=is_gap & ~_needed(strata, is_free & ~is_val, is_gap))


def _needed(
    strata: Strata, is_train: NDArray[np.bool_], is_gap: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(N,) samples of strata that the gap would leave nothing of: those are too short for one."""
    is_emptied = (strata.count(is_train & ~is_gap) == 0) & (strata.count(is_train) > 0)
    needed = np.zeros(len(is_train), bool)
    needed[strata.samples[is_emptied[strata.strata]]] = True
    return needed


class _Clock:
    """When samples are, and in which file."""

    def __init__(self, data: LabelledSet, samples: Sequence[Sample]) -> None:
        numbers: dict[Place, int] = {}
        paths = [data.examples[sample.example].path for sample in samples]
        self._files = np.array([numbers.setdefault(path, len(numbers)) for path in paths], int)
        self._paths = list(numbers)
        self._seconds = np.array([sample.timestamp or 0.0 for sample in samples])

    def in_order(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The places of samples, file by file, in order of time."""
        return places[np.lexsort((self._seconds[places], self._files[places]))]

    def spans(self, places: NDArray[np.int64]) -> dict[Place, float]:
        """File → seconds from the first to the last of some samples, which are in order."""
        return {
            self._paths[file]: float(np.ptp(self._seconds[list(found)]))
            for file, found in groupby(places.tolist(), key=lambda place: int(self._files[place]))
        }

    def near(self, is_val: NDArray[np.bool_], gaps: dict[Place, float]) -> NDArray[np.bool_]:
        """(N,) samples within the gap of a file from one that is for validation."""
        near = np.zeros(len(is_val), bool)
        for file, path in enumerate(self._paths):
            if path not in gaps:
                continue
            in_file = np.flatnonzero(self._files == file)
            times = np.sort(self._seconds[in_file][is_val[in_file]])
            if not len(times):
                continue
            own = self._seconds[in_file]
            after = np.searchsorted(times, own).clip(max=len(times) - 1)
            before = (np.searchsorted(times, own) - 1).clip(min=0)
            distance = np.minimum(np.abs(times[after] - own), np.abs(times[before] - own))
            near[in_file] = distance < gaps[path]
        return near
