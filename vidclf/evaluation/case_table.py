"""Cases as `cases.csv` has them, read again: what is true, what was answered."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Self

from vidclf.errors import DataError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.table.cells import csv_rows
from vidclf.table.file_formats import reason

_NEEDED = ("path", "frame", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTable:
    """The cases of an evaluation, by name."""

    name: str
    """Where they come from, for people."""
    places: Sequence[tuple[str, str]]
    """(path, frame) of each; the frame is empty of stills."""
    groups: Sequence[str]
    """The group of each, as text."""
    truth: Sequence[tuple[str, ...]]
    """What is true of each, as the file says it: a label, labels in one cell, or numbers."""
    answers: Sequence[tuple[str, ...]]
    """What was answered, alike."""

    @classmethod
    def of_rows(cls, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Self:
        """Take them from the header and rows of a `cases.csv`.

        Raises:
            DataError: a column is missing.
        """
        truth = [place for place, column in enumerate(columns) if _is_of("true", column)]
        answers = [place for place, column in enumerate(columns) if _is_of("predicted", column)]
        lacking = [column for column in _NEEDED if column not in columns]
        if lacking or not truth or len(truth) != len(answers):
            raise DataError(
                f"{name} is no table of cases, which has {', '.join(_NEEDED)}, true and predicted: "
                "name the metrics.json of an evaluation, with its cases.csv beside it"
            )
        path, frame, group = (columns.index(column) for column in _NEEDED)
        cells = [row for row in rows if len(row) == len(columns)]
        return cls(
            name=name,
            places=[(row[path], row[frame]) for row in cells],
            groups=[row[group] for row in cells],
            truth=[tuple(row[place] for place in truth) for row in cells],
            answers=[tuple(row[place] for place in answers) for row in cells],
        )

    def at(self, places: Sequence[int]) -> Self:
        """The cases at some places."""
        return replace(
            self,
            places=[self.places[place] for place in places],
            groups=[self.groups[place] for place in places],
            truth=[self.truth[place] for place in places],
            answers=[self.answers[place] for place in places],
        )

    @classmethod
    def read(cls, path: Place) -> Self:
        """Read a `cases.csv`.

        Raises:
            DataError: it is not there or is no such table.
        """
        try:
            with local_file(path).open(encoding="utf-8", newline="") as file:
                rows = [cells for _, cells in csv_rows(file)]
        except (OSError, UnicodeDecodeError, csv.Error) as exc:
            raise DataError(f"cannot read the cases {path} ({reason(exc)})") from exc
        return cls.of_rows(str(path), rows[0] if rows else (), rows[1:])

    def keys(self, *, from_common_folder: bool) -> Mapping[tuple[object, ...], int]:
        """What tells each case from the others → its place.

        Args:
            from_common_folder: whether paths are counted from the folder that all have in common,
                as they are alike then wherever the data lie.
        """
        paths = [PurePath(path).parts for path, _ in self.places]
        skipped = _common_length(paths) if from_common_folder else 0
        seen: Counter[tuple[object, ...]] = Counter()
        keys: dict[tuple[object, ...], int] = {}
        for place, (parts, (_, frame)) in enumerate(zip(paths, self.places, strict=True)):
            key = (parts[skipped:], frame)
            keys[*key, seen[key]] = place  # a frame may be in two parts of its clip
            seen[key] += 1
        return keys


def shared_places(first: CaseTable, second: CaseTable) -> list[tuple[int, int]]:
    """The places of the cases that two tables have in common, in the order of the first."""
    pairs: list[tuple[int, int]] = []
    for from_common_folder in (False, True):
        here, there = (
            table.keys(from_common_folder=from_common_folder) for table in (first, second)
        )
        found = [(place, there[key]) for key, place in here.items() if key in there]
        pairs = max(pairs, found, key=len)
    return pairs


def numbers_of(cells: Sequence[tuple[str, ...]], name: str) -> list[list[float]]:
    """Cells as numbers, of a regression.

    Raises:
        DataError: one is none.
    """
    try:
        rows = [[float(cell) for cell in row] for row in cells]
    except ValueError as exc:
        raise DataError(f"{name}: a value is no number ({exc})") from exc
    if not all(math.isfinite(number) for row in rows for number in row):
        raise DataError(f"{name}: a value is not finite")
    return rows


def _is_of(kind: str, column: str) -> bool:
    return column == kind or column.startswith(f"{kind}_")


def _common_length(paths: Sequence[tuple[str, ...]]) -> int:
    """How many leading folders all paths have in common."""
    if not paths:
        return 0
    first, last = min(paths), max(paths)
    shortest = min(len(first), len(last)) - 1
    return next((n for n in range(shortest) if first[n] != last[n]), max(shortest, 0))
