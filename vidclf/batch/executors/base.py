"""What an executor is, what it is given, and what it gives back."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar, Protocol

from vidclf.errors import VidclfError
from vidclf.inference.engine import Engine
from vidclf.pipeline.job import ClipJob
from vidclf.pipeline.summary import RunSummary
from vidclf.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorInput:
    """What holds for all clips of a run."""

    settings: Settings
    """How clips are predicted, drawn and written."""
    engine: Engine
    """The model, open in this process; executors that make clips in others open their own."""
    workers: int = 1
    """How many clips are made at once, where the executor itself decides that."""
    stall_seconds: float | None = None
    """How long a clip may go without progress before it is given up; None for ever."""
    address: str | None = None
    """Which cluster, where there may be several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOutcome:
    """What became of one clip: a summary or an error."""

    job: ClipJob
    """The clip."""
    summary: RunSummary | None = None
    """What was done; None where it failed."""
    error: VidclfError | None = None
    """Why it failed; None where it was done."""
    records: tuple[logging.LogRecord, ...] = ()
    """What was logged in another process meanwhile; without arguments and exceptions, as
    `logging.handlers.QueueHandler.prepare` makes them."""


class Progress(Protocol):
    """Is told how far clips are. May be called from any place of the executor, in one thread."""

    def started(self, job: ClipJob) -> None:
        """A worker begins with the clip."""

    def progressed(self, job: ClipJob, *, frames: int, expected_frames: int | None) -> None:
        """So many of the clip's frames are done, of about so many; None where nobody knows."""


class Executor(AbstractContextManager["Executor"], Protocol):
    """Makes clips, and gives what became of each.

    Leaving its context stops what still runs; of clips that are not whole nothing stays.
    """

    name: ClassVar[str]
    """As in the table."""
    remote: ClassVar[bool]
    """Whether clips are made on other machines, too, so that settings and files must be there."""

    def outcomes(self, jobs: Iterable[ClipJob], *, progress: Progress) -> Iterator[ClipOutcome]:
        """Make each clip once, and give outcomes in the order in which clips end.

        Jobs are taken as they are needed: never many more than are made at once. A clip that fails,
        whose process dies, or which makes no progress for `stall_seconds`, gives an outcome with an
        error, and costs no other clip anything.

        Raises:
            VidclfError: no clip can be made at all.
        """
        ...


class OpenExecutor(Protocol):
    """Makes an executor for a run."""

    def __call__(self, work: ExecutorInput) -> Executor:
        """Make it; nothing is started before its context is entered.

        Raises:
            UsageError: what it needs is not installed, or the settings are not for it.
        """
        ...
