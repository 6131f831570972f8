"""One live input to be annotated, and how the files made of it are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from vidclf.files.places import Place
from vidclf.sources.location import ClipLocation

_TIME = "%Y-%m-%dT%H-%M-%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveJob:
    """A live input, and the files to be made of it: all of them together, or part by part."""

    source: ClipLocation
    """A stream, a camera or standard input."""
    name: str
    """What it is called, in names of files and, with the time, in tables."""
    outputs_at: Callable[[str], Mapping[str, Place]]
    """`2026-11-29T16-23-02`, when a part began, or `2026-11-29T16-23-02_2` → kind → file."""
    are_named_by_time: bool
    """Whether that stands in the files' names. Such names are never refused, as nobody chose them:
    where one is taken, the part gets the next number."""
    working_folder: Path
    """Where files lie hidden while they are written: beside the outputs, or for those that go
    elsewhere in a folder of this machine."""


class PartTimes:
    """The times by which the parts of one run are named, no two alike."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, moment: datetime) -> Iterator[str]:
        """Times for a part that begins now: `2026-11-29T16-23-02`, then with `_2`, `_3` and so on.

        What was given once is not given again: files of earlier parts may not be there yet.
        """
        time = moment.strftime(_TIME)
        for number in count(1):
            numbered = time if number == 1 else f"{time}_{number}"
            if numbered not in self._given:
                self._given.add(numbered)
                yield numbered
