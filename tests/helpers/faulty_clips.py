"""Clips at whose last step something happens in the process that makes them."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vidclf.sources.location import ClipLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyClip(ClipLocation):
    """A file that is looked at once more when all its outputs are written.

    Then its fault comes, while hidden outputs lie there.
    """

    fault: str
    """A name in `FAULTS`."""
    notes: Path
    """A folder where processes note that they were here."""

    def digest(self) -> str | None:
        """As of any clip, but for the fault."""
        note_of(self, os.getpid()).touch()
        logging.getLogger("vidclf.tests").warning("%s was made", self.name)
        FAULTS[self.fault](self)
        return ClipLocation.digest(self)  # super() does not know classes with slots


def note_of(clip: FaultyClip, pid: int) -> Path:
    """The file that tells which process made a clip."""
    return clip.notes / f"{clip.path.stem}.{pid}"


def noted_pids(notes: Path, *, clip: str = "*") -> set[int]:
    """The processes that made clips."""
    return {int(path.suffix[1:]) for path in notes.glob(f"{clip}.*")}


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    """Wait for something that comes soon, or fail."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what} did not come in {seconds} s"
        time.sleep(0.05)


def _nothing(_: FaultyClip) -> None:
    pass


def _kill(_: FaultyClip) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(_: FaultyClip) -> None:
    raise ZeroDivisionError("a bug")


def _fill_memory(_: FaultyClip) -> None:
    bytearray(2**62)


def _hang(_: FaultyClip) -> None:
    while True:
        time.sleep(1)


def _wait(clip: FaultyClip) -> None:
    wait_until((clip.notes / "release").exists, "the release")


FAULTS: dict[str, Callable[[FaultyClip], None]] = {
    "none": _nothing,
    "killed": _kill,
    "raise": _raise,
    "memory": _fill_memory,
    "hang": _hang,
    "wait": _wait,
}
