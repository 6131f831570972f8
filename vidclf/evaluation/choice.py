"""Which of labelled data is evaluated: what a model was not trained on, where that is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.samples import Sample
from vidclf.dataset.split import row_of
from vidclf.dataset.split_file import SplitRow, absolute, read_split_rows
from vidclf.dataset.split_parts import PART_NAMES
from vidclf.errors import DataError
from vidclf.files.places import Place

PartName = Literal["train", "val", "test", "all"]
_MEASURED: tuple[Literal["test", "val"], ...] = ("test", "val")
"""The parts to be measured by, the better one first: by `val` the best epoch was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The samples that are evaluated."""

    part: PartName
    """What they are of the data."""
    places: Sequence[int]
    """The places of all predicted samples that are of that part."""


def choice_of(data: LabelledSet, split: Place | None) -> ByData | BySplit:
    """The test part of data, else the val part, else all; as a split or the data themselves tell.

    Args:
        data: the labelled data.
        split: a split that was written beside a model; None for what the data say.

    Raises:
        DataError: it is no split of these data.
    """
    return ByData(data) if split is None else BySplit(data, split)


class ByData:
    """Evaluates what the data mark, in a folder `test/` or a column `split`.

    `examples` are the places of those that are decoded for it; `absence` says that there are none.
    """

    def __init__(self, data: LabelledSet) -> None:
        self.absence = f"{data.name}: not one picture can be read"
        self._part: PartName = "all"
        self.examples: Sequence[int] = range(len(data.examples))
        for part in reversed(_MEASURED):
            if places := [i for i, one in enumerate(data.examples) if one.part == part]:
                self._part, self.examples = part, places

    def is_wanted(self, sample: Sample) -> bool:
        """All are: examples have one part each."""
        return True

    def chosen(self, samples: Sequence[Sample]) -> Chosen:
        """All of them."""
        return Chosen(part=self._part, places=range(len(samples)))


class BySplit:
    """Evaluates what a split keeps from training.

    `examples` are the places of those that are decoded for it; `absence` says that there are none.
    """

    def __init__(self, data: LabelledSet, path: Place) -> None:
        self._data, self._path = data, path
        self._rows = read_split_rows(path, names=PART_NAMES)
        self.examples = [
            place for place in range(len(data.examples)) if self._may_be_measured(place)
        ]
        self.absence = (
            f"{path} names nothing of {data.name} for val or test that can be read: name the split "
            "that was written beside a model that was trained on these data"
        )

    def _may_be_measured(self, place: int) -> bool:
        """Whether all of an example is known to be for something else, without decoding it."""
        example = self._data.examples[place]
        row = SplitRow(
            path=absolute(example.path),
            start_seconds=example.start_seconds,
            end_seconds=example.end_seconds,
            split="",
        )
        return self._rows.split_of(row) in (None, *_MEASURED)

    def is_wanted(self, sample: Sample) -> bool:
        """Whether the split names it for measuring."""
        return self._part_of(sample) in _MEASURED

    def chosen(self, samples: Sequence[Sample]) -> Chosen:
        """Those of the test part; without one, of the val part."""
        parts = [self._part_of(sample) for sample in samples]
        for part in _MEASURED:
            if places := [place for place, name in enumerate(parts) if name == part]:
                return Chosen(part=part, places=places)
        raise DataError(self.absence)

    def _part_of(self, sample: Sample) -> str | None:
        return self._rows.split_of(row_of(self._data, sample))
