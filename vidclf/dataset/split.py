"""Which samples are trained on and which are kept for measuring, so that no shot is in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vidclf.core.counting import counted
from vidclf.dataset.division import Division
from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.groups import SampleGroups, sample_groups
from vidclf.dataset.samples import Sample
from vidclf.dataset.split_file import SplitRow, absolute, read_split_rows, write_split_rows
from vidclf.dataset.split_parts import GAP, PART_NAMES, TEST, TRAIN, VAL
from vidclf.dataset.strata import Strata, strata_of
from vidclf.errors import DataError

__all__ = ["GAP", "TEST", "TRAIN", "VAL", "Split", "split_samples", "write_split"]


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

    @property
    def is_leaked(self) -> NDArray[np.bool_]:
        """(N,) samples to be measured by whose group is also trained on.

        A random split looks better than it is by what these are told better than the others.
        """
        is_measured = (self.parts == VAL) | (self.parts == TEST)
        is_learnt = np.isin(self.groups, self.groups[self.parts == TRAIN])
        return np.asarray(is_measured & is_learnt, bool)


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

    Where the data name no samples for validation, these are taken from those to learn from.

    Args:
        data: the labelled data.
        samples: its samples.
        looks: (N, D) float32 `near_duplicates.look_of` of each.
        how: `grouped` keeps together what belongs together, `random` does not, and a file is a
            split that was written before.
        val_fraction: about the share of each class that is kept for validation, 0 to 1.
        seed: of the choice among equals.

    Raises:
        DataError: a class would have nothing to learn from, or nothing to be measured by; or the
            file is no split of these data.
    """
    found, strata = sample_groups(data, samples, looks), strata_of(data, samples)
    parts = _told_parts(data, samples)
    is_told = isinstance(how, Path) or bool((parts == VAL).any())
    notes: list[str] = []
    if isinstance(how, Path):
        notes += _take_file(how, data, samples, found, parts)
    elif not is_told and how == "random":
        parts[_random(strata, parts == TRAIN, val_fraction, seed)] = VAL
    elif not is_told:
        notes += Division(data, samples, found, strata, val_fraction, seed).divide(parts)
    is_grouped = not is_told and how == "grouped"
    split = Split(
        parts=parts,
        groups=found.groups,
        notes=tuple(notes),
        kept_together=found.kept_together if is_grouped else 0,
    )
    _check(data, strata, parts, is_told=is_told)
    return replace(split, notes=(*notes, *_leak_notes(split, how, is_grouped=is_grouped)))


def write_split(path: Path, data: LabelledSet, samples: Sequence[Sample], split: Split) -> None:
    """Write a split as a CSV that `how` of `split_samples` takes: a row for each sample.

    Raises:
        OutputError: the file cannot be written.
    """
    rows = [
        replace(row_of(data, sample), split=PART_NAMES[part], group=int(group))
        for sample, part, group in zip(samples, split.parts, split.groups, strict=True)
    ]
    write_split_rows(path, rows)


def row_of(data: LabelledSet, sample: Sample) -> SplitRow:
    """The row by which a split tells of a sample; without what it is for."""
    example = data.examples[sample.example]
    return SplitRow(
        path=absolute(example.path),
        frame=sample.frame,
        start_seconds=example.start_seconds,
        end_seconds=example.end_seconds,
        split="",
        digest=sample.digest,
    )


def _told_parts(data: LabelledSet, samples: Sequence[Sample]) -> NDArray[np.int8]:
    """What the data say; what they say nothing of is trained on, or divided with the rest."""
    numbers = {None: TRAIN, "train": TRAIN, "val": VAL, "test": TEST}
    told = [numbers[data.examples[sample.example].part] for sample in samples]
    return np.array(told, np.int8)


def _take_file(
    path: Path,
    data: LabelledSet,
    samples: Sequence[Sample],
    found: SampleGroups,
    parts: NDArray[np.int8],
) -> list[str]:
    """Set parts as a file tells; say what it does not tell."""
    rows = read_split_rows(path, names=PART_NAMES)
    told = [rows.split_of(row_of(data, sample)) for sample in samples]
    is_new = np.array([name is None for name in told])
    if is_new.all():
        raise DataError(
            f"{path}: names not one picture of {data.name}; name the split that was made of it"
        )
    parts[:] = [TRAIN if name is None else PART_NAMES.index(name) for name in told]
    measured = found.groups[~is_new & ((parts == VAL) | (parts == TEST))]
    parts[is_new & np.isin(found.groups, measured)] = GAP
    if not is_new.any():
        return []
    left_out = int((is_new & (parts == GAP)).sum())
    return [
        f"{path} does not name {counted(int(is_new.sum()), 'picture')}: they are trained on, but "
        f"for {left_out} that belong with what it keeps for measuring"
    ]


def _random(
    strata: Strata, is_free: NDArray[np.bool_], val_fraction: float, seed: int
) -> NDArray[np.int64]:
    """Some of the free samples of each stratum."""
    random = np.random.default_rng(seed)
    first = np.unique(strata.samples, return_index=True)[1]  # one stratum of each sample
    samples, of_stratum = strata.samples[first], strata.strata[first]
    chosen = []
    for stratum in range(len(strata.names)):
        free = samples[(of_stratum == stratum) & is_free[samples]]
        count = max(1, round(val_fraction * len(free))) if len(free) else 0
        chosen.append(random.permutation(free)[:count])
    return np.concatenate(chosen)


def _leak_notes(split: Split, how: str | Path, *, is_grouped: bool) -> list[str]:
    """Say how much of what is measured belongs with what is trained on."""
    is_counted = split.parts == TEST
    if not is_grouped:
        is_counted |= split.parts == VAL
    leaked = int((split.is_leaked & is_counted).sum())
    if not leaked:
        return []
    said = "a random split does not keep them apart" if how == "random" else "as the data have it"
    if isinstance(how, Path):
        said = f"as {how} has it"
    return [
        f"{leaked} of {int(is_counted.sum())} pictures to measure by share a clip, a group or a "
        f"near-duplicate with those trained on ({said}): figures look better than they are"
    ]


def _check(data: LabelledSet, strata: Strata, parts: NDArray[np.int8], *, is_told: bool) -> None:
    """Refuse a split that leaves a label nothing to learn from, or to be measured by."""
    if not (parts == TRAIN).any() or not (parts == VAL).any():
        lacking = "validation" if (parts == TRAIN).any() else "training"
        raise DataError(f"{data.name}: nothing is left for {lacking}; add pictures of other clips")
    if data.task == "regression":
        return
    all_counts = strata.count(np.ones(len(parts), bool))
    for part, use in ((TRAIN, "to learn from"), (VAL, "to be measured by")):
        is_empty = (strata.count(parts == part) == 0) & (all_counts > 0)
        if part == VAL and is_told:
            continue
        for place in np.flatnonzero(is_empty[: len(data.labels)]):
            raise DataError(
                f"{data.name}: nothing {use} is left of the label {data.labels[place]!r}, which "
                f"has {counted(int(all_counts[place]), 'picture')}; add pictures of it, best of "
                "other clips"
            )
