"""Makes the clips of a run in this process, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from types import TracebackType
from typing import Self

from vidclf.batch.executors.base import ClipOutcome, ExecutorInput, Progress
from vidclf.batch.worker import ClipWorker
from vidclf.pipeline.job import ClipJob


class InProcess:
    """The simplest executor: a model in memory will do, and an error in native code ends the run.

    Args:
        work: what holds for all clips; their number at once and stalls are not its business.
    """

    name = "in_process"
    remote = False

    def __init__(self, work: ExecutorInput) -> None:
        self._worker = ClipWorker(work.settings, engine=work.engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing is left to be stopped."""

    def outcomes(self, jobs: Iterable[ClipJob], *, progress: Progress) -> Iterator[ClipOutcome]:
        """Make each clip when its outcome is asked for."""
        for job in jobs:
            progress.started(job)
            yield self._worker.outcome(job, partial(_tell, progress, job))


def _tell(progress: Progress, job: ClipJob, frames: int, expected_frames: int | None) -> None:
    progress.progressed(job, frames=frames, expected_frames=expected_frames)
