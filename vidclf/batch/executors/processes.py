"""Makes the clips of a run in worker processes, whose death costs one clip.

Each worker is a pebble pool of its own with one process: workers of one pool share locks, and one
that is killed while it holds them would stop the others. How far a clip is stands in memory that
worker and run share, which nothing can break.
"""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from vidclf.batch.executors.base import ClipOutcome, ExecutorInput, Progress
from vidclf.batch.executors.children import (
    start_resource_tracker,
    stop_requests_kept_from_children,
)
from vidclf.batch.executors.new_folders import NewFolders
from vidclf.batch.executors.worker_process import Counts, begin_worker, make_clip
from vidclf.core.cpu import usable_cores
from vidclf.core.held_signals import signals_held
from vidclf.core.unexpected import unexpected
from vidclf.errors import RuntimeUnavailableError, UnexpectedError, UsageError, WorkerError
from vidclf.pipeline.job import ClipJob, remove_leftovers_of
from vidclf.remote.access import current_access

if TYPE_CHECKING:
    from pebble import ProcessFuture, ProcessPool

_POLL_SECONDS = 0.2
_MOST_STARTS = 3
"""So often a worker may die before it takes its clip, which is no fault of the clip."""


class Processes:
    """Worker processes on this machine.

    Args:
        work: what holds for all clips.

    Raises:
        UsageError: the model is in this process's memory.
    """

    name = "processes"
    remote = False

    def __init__(self, work: ExecutorInput) -> None:
        if work.engine.model.info.in_memory:
            raise UsageError(
                "a model in memory cannot go to worker processes: save it (model.save) and name "
                "the file, or make the clips with --executor in_process"
            )
        self._work = work
        self._stack = ExitStack()
        self._workers: list[_Worker] = []
        self._folders = NewFolders()

    def __enter__(self) -> Self:
        start_resource_tracker()
        cores = max(1, usable_cores() // self._work.workers)
        workers = [_Worker(self._work, cores) for _ in range(self._work.workers)]
        self._workers = [self._stack.enter_context(worker) for worker in workers]
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()
        self._folders.remove_empty()

    def outcomes(self, jobs: Iterable[ClipJob], *, progress: Progress) -> Iterator[ClipOutcome]:
        """Give each idle worker the next clip, and outcomes as they come.

        Where the model is still to be converted, the first worker does so alone.

        Raises:
            RuntimeUnavailableError: worker processes do not start.
        """
        waiting = iter(jobs)
        is_first = self._work.engine.must_convert
        while True:
            for worker in self._workers[:1] if is_first else self._workers:
                if worker.job is None and (job := next(waiting, None)) is not None:
                    self._folders.note(job)
                    worker.begin(job)
                    progress.started(job)
            busy = [worker for worker in self._workers if worker.job is not None]
            if not busy:
                return
            futures = [worker.future for worker in busy]
            wait(futures, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for worker in busy:
                is_first &= not worker.tell(progress)
                if (outcome := worker.outcome()) is not None:
                    is_first = False
                    yield outcome


class _Worker:
    """One worker process, started anew when it dies or stalls."""

    def __init__(self, work: ExecutorInput, cores: int) -> None:
        self._work = work
        self._cores = cores
        self._context = multiprocessing.get_context("spawn")
        self._counts: Counts = self._context.RawArray("q", 3)
        self._is_begun = False
        self._told = 0
        self._changed_at = 0.0
        self._starts = 0
        self._pool: ProcessPool | None = None
        self.job: ClipJob | None = None
        self.future: ProcessFuture[ClipOutcome]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()
        if self.job is not None:
            remove_leftovers_of(self.job)

    def begin(self, job: ClipJob) -> None:
        """Give the worker a clip, and start it where it does not run."""
        self.job, self._starts = job, 0
        self._schedule()

    def _schedule(self) -> None:
        self._counts[:] = [0, 0, -1]
        self._is_begun, self._told, self._changed_at = False, 0, time.monotonic()
        if self._pool is not None and not self._pool.active:  # the idle worker was killed
            self._stop()
        while True:
            self._starts += 1
            try:
                with signals_held(), stop_requests_kept_from_children():
                    self._pool = self._pool or self._new_pool()
                    self.future = self._pool.schedule(make_clip, args=(self.job,))
            except (OSError, RuntimeError) as exc:  # killed just now, or no process starts
                self._stop()
                self._give_up_starting(exc)
            else:
                return

    def _give_up_starting(self, exc: Exception) -> None:
        if self._starts >= _MOST_STARTS:
            raise RuntimeUnavailableError(
                f"worker processes do not start, or end at once ({exc}): see what is printed "
                "above, or make the clips in one process with --executor in_process"
            ) from exc

    def _new_pool(self) -> ProcessPool:
        from pebble import ProcessPool

        return ProcessPool(
            max_workers=1,
            initializer=begin_worker,
            initargs=(
                self._work.settings,
                self._cores,
                self._counts,
                logging.getLogger("vidclf").level,
                current_access(),
            ),
            context=self._context,
        )

    def tell(self, progress: Progress) -> bool:
        """Say how far the clip is, where that has changed; whether it has."""
        is_begun, frames, expected = self._counts
        if is_begun and not self._is_begun:
            self._is_begun, self._changed_at = True, time.monotonic()
        if frames == self._told or self.job is None:
            return False
        self._told, self._changed_at = frames, time.monotonic()
        progress.progressed(
            self.job, frames=frames, expected_frames=expected if expected >= 0 else None
        )
        return True

    def outcome(self) -> ClipOutcome | None:
        """What became of the clip; None while it is made."""
        if self.job is None:
            return None
        if self.future.done() or not (self._pool and self._pool.active):
            return self._result(self.job)
        stall_seconds = self._work.stall_seconds
        if stall_seconds is None or time.monotonic() - self._changed_at < stall_seconds:
            return None
        return self._lost(
            self.job,
            f"no frame was done for {stall_seconds:g} s, and the clip was given up: "
            "raise --stall-seconds if it needs longer",
        )

    def _result(self, job: ClipJob) -> ClipOutcome | None:
        from pebble import ProcessExpired

        try:
            outcome = self.future.result(timeout=0)
        except (ProcessExpired, BrokenProcessPool, TimeoutError) as exc:
            if self._counts[0]:
                return self._lost(job, _why_it_died(getattr(exc, "exitcode", None)))
            self._stop()
            self._give_up_starting(exc)
            self._schedule()
            return None
        except Exception as exc:  # an outcome that cannot go from process to process
            outcome = ClipOutcome(job=job, error=UnexpectedError(f"{job.name}: {unexpected(exc)}"))
        self.job = None
        return outcome

    def _lost(self, job: ClipJob, reason: str) -> ClipOutcome:
        self._stop()
        remove_leftovers_of(job)
        self.job = None
        return ClipOutcome(job=job, error=WorkerError(f"{job.name}: {reason}"))

    def _stop(self) -> None:
        """End the process, at once where it does not listen, and forget its pool."""
        with signals_held():
            if self._pool is not None:
                self._pool.stop()  # type: ignore[no-untyped-call]
                self._pool.join()
                self._pool = None


def _why_it_died(exit_code: int | None) -> str:
    import signal

    if exit_code is None or exit_code >= 0:
        return f"its process ended (exit code {exit_code}): a library may have ended it"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    if -exit_code == signal.SIGKILL:
        return (
            f"its process was killed ({name}), as the system does when the memory is full: "
            "if so, lower --jobs"
        )
    return f"its process crashed ({name}) in native code: the clip may be damaged in an unusual way"
