"""One live input to be annotated, and how the files made of it are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
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
    """`2026-11-29T16-23-02`, when a part began → kind → file."""
    working_folder: Path
    """Where files lie hidden while they are written: beside the outputs, or for those that go
    elsewhere in a folder of this machine."""


def time_text(moment: datetime) -> str:
    """A moment as names of files have it."""
    return moment.strftime(_TIME)
