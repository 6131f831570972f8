"""What a run tells whoever watches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from vidclf.pipeline.job import ClipJob
from vidclf.pipeline.summary import RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What a run found, before it makes the first clip."""

    clips: int
    """All of the plan."""
    earlier: int
    """Clips that an earlier run made whole, in this way."""
    different: Mapping[str, Sequence[str]]
    """Complaint → names of the clips whose files are there, made otherwise, and stay so."""
    skipped: int
    """Clips that failed in an earlier run and are passed over."""
    jobs: Sequence[ClipJob]
    """Clips to be made."""
    executor: str
    """Where."""
    workers: int
    """How many at once, on this machine."""
    why: str
    """Why so many, in words; empty where the user said it."""


class Watcher(Protocol):
    """Is told how a run goes, in one thread."""

    def planned(self, overview: Overview) -> None:
        """The run knows what there is to do."""

    def started(self, name: str) -> None:
        """A clip is begun; others may be made at the same time."""

    def progressed(self, name: str, *, frames: int, expected_frames: int | None) -> None:
        """So many of a clip's frames are done, of about so many; None where nobody knows."""

    def waiting(self, names: Sequence[str]) -> None:
        """All that is left is being made by another run, which is waited for."""

    def earlier(self, job: ClipJob) -> None:
        """A clip is there already: an earlier run made it whole, in the same way."""

    def done(self, summary: RunSummary) -> None:
        """A clip is done."""

    def failed(self, name: str, error: Exception) -> None:
        """A clip could not be done."""


@runtime_checkable
class LiveWatcher(Protocol):
    """A watcher that is also told what a live input has and a clip has not."""

    def dropped(self, name: str, *, frames: int) -> None:
        """So many frames of a live input were left out so far, as the model was slower."""


class SilentWatcher:
    """A watcher that says nothing."""

    def planned(self, overview: Overview) -> None:
        """Say nothing."""

    def started(self, name: str) -> None:
        """Say nothing."""

    def progressed(self, name: str, *, frames: int, expected_frames: int | None) -> None:
        """Say nothing."""

    def waiting(self, names: Sequence[str]) -> None:
        """Say nothing."""

    def earlier(self, job: ClipJob) -> None:
        """Say nothing."""

    def done(self, summary: RunSummary) -> None:
        """Say nothing."""

    def failed(self, name: str, error: Exception) -> None:
        """Say nothing."""
