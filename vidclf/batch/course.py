"""The course of a run: what is there, what is made, what becomes of each clip."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from vidclf.batch.executors import open_executor
from vidclf.batch.executors.base import ClipOutcome, Executor, ExecutorInput
from vidclf.batch.look_ahead import earlier_of_all
from vidclf.batch.options import RunOptions
from vidclf.batch.plan import Plan
from vidclf.batch.record_rows import RecordRow, row_of_failure, row_of_manifest, row_of_summary
from vidclf.batch.records import open_record
from vidclf.batch.resume import LookBack, refusal
from vidclf.batch.to_make import JobsToMake
from vidclf.batch.watcher import Overview, Watcher
from vidclf.batch.workers import choose_workers
from vidclf.errors import (
    DiskFullError,
    ModelError,
    OutputBusyError,
    OutputExistsError,
    RuntimeUnavailableError,
    StorageError,
    UnexpectedError,
    UsageError,
)
from vidclf.inference.engine import Engine
from vidclf.pipeline.job import ClipJob, remove_leftovers_of
from vidclf.pipeline.summary import RunSummary
from vidclf.settings import Settings

_STOPPING = (DiskFullError, ModelError, RuntimeUnavailableError, StorageError, UsageError)
"""Errors that every other clip would meet, too."""
_BUSY_SECONDS = 1.0
_MOST_REMEMBERED = 1000
"""Log lines, so that what each worker says of the model is told once."""
_SHARED_PARTS = ("model", "settings", "versions")
"""Parts of a summary that are equal for all clips of a run."""


@dataclass(slots=True, kw_only=True)
class BatchSummary:
    """What became of many clips."""

    done: list[RunSummary] = field(default_factory=list)
    """A summary for each clip that this run made."""
    earlier: int = 0
    """How many clips an earlier run, or another one meanwhile, made whole and in the same way."""
    skipped: int = 0
    """How many clips had failed in an earlier run and were passed over."""
    failed: list[tuple[str, Exception]] = field(default_factory=list)
    """Name and error of each clip that is not there as it was asked for."""


class Course:
    """A run over the clips of a plan.

    Args:
        planned: the clips.
        engine: the model, open.
        settings: how clips are made.
        options: where and in what order.
        watcher: is told how it goes.
    """

    def __init__(
        self,
        planned: Plan,
        *,
        engine: Engine,
        settings: Settings,
        options: RunOptions,
        watcher: Watcher,
    ) -> None:
        self._plan = planned
        self._engine = engine
        self._settings = settings
        self._options = options
        self._watcher = watcher
        self._look = LookBack(settings, engine.model.info)
        self._record = open_record(planned.folder, options.shard)
        self._folder = planned.folder or Path()
        self._to_make = JobsToMake(planned.jobs)
        self._busy: list[ClipJob] = []
        self._found: list[RecordRow] = []
        self._logged: dict[str, None] = {}
        self.summary = BatchSummary()

    def look_back(self) -> None:
        """Find what earlier runs left, so that only the rest is made."""
        recorded, stale = self._record.statuses(), set()
        different: defaultdict[str, list[str]] = defaultdict(list)
        rows = []
        found = earlier_of_all(self._look, self._plan.jobs, self._plan.files)
        for place, (job, earlier) in enumerate(found):
            is_skipped = self._options.skip_failed and recorded.get(job.name) == "failed"
            if earlier.state != "whole" and is_skipped:
                self.summary.skipped += 1
            elif (asked := self._look.job_to_make(job, earlier)) is not None:
                self._to_make.add(place, asked)
                if recorded.get(job.name) == "done":
                    stale.add(job.name)
            elif earlier.state == "whole":
                self.summary.earlier += 1
                self._watcher.earlier(job)
                # of a lost machine, whose clip another one made
                remove_leftovers_of(job, earlier.pending)
                if recorded.get(job.name) != "done":
                    rows.append(row_of_manifest(job.name, earlier.manifest, self._folder))
            else:
                error = refusal(job, earlier)
                different[earlier.complaint].append(job.name)
                self.summary.failed.append((job.name, error))
                rows.append(row_of_failure(job.name, "different", error))
        self._record.begin(rows, without=self._to_make.names, stale=stale)
        self._tell_plan(different)
        for name, fault in self._plan.faults:  # no clips, so the record has no rows for them
            self.summary.failed.append((name, fault))
            self._watcher.failed(name, fault)

    def _tell_plan(self, different: dict[str, list[str]]) -> None:
        self._executor = self._options.executor
        if self._executor == "auto":
            several = len(self._to_make) > 1 and not self._engine.model.info.in_memory
            self._executor = "processes" if several else "in_process"
        self._workers, why = choose_workers(
            self._options.jobs, clips=len(self._to_make), on_gpu=self._engine.runs_on_gpu
        )
        self._watcher.planned(
            Overview(
                clips=len(self._plan.jobs),
                earlier=self.summary.earlier,
                different=different,
                skipped=self.summary.skipped,
                jobs=self._to_make,
                executor=self._executor,
                workers=self._workers,
                why=why,
            )
        )

    def make(self) -> None:
        """Make what there is to make; clips that another run is at are waited for."""
        try:
            self._make()
        finally:
            self._record.close()

    def _make(self) -> None:
        if not self._to_make:
            self._record.write()
            return
        work = ExecutorInput(
            settings=self._settings,
            engine=self._engine,
            workers=self._workers,
            stall_seconds=self._options.stall_seconds,
            address=self._options.address,
        )
        is_here = self._executor == "in_process"
        opening = self._engine.opening() if is_here else nullcontext()
        with opening, open_executor(self._executor, work) as executor:
            self._run(executor, self._to_make)
            while self._busy:
                self._watcher.waiting([job.name for job in self._busy])
                time.sleep(_BUSY_SECONDS)
                busy, self._busy = self._busy, []
                self._run(executor, [job for job in map(self._look_again, busy) if job])
        if self._found:
            self._record.begin(self._found, without=())
        self._record.finish(row_of_summary(made, self._folder) for made in self.summary.done)

    def _run(self, executor: Executor, jobs: Iterable[ClipJob]) -> None:
        for outcome in executor.outcomes(jobs, progress=_Told(self._watcher)):
            self._log(outcome)
            if isinstance(outcome.error, _STOPPING):
                raise outcome.error
            if isinstance(outcome.error, OutputBusyError):
                self._busy.append(outcome.job)
            elif isinstance(outcome.error, OutputExistsError):
                if (job := self._look_again(outcome.job)) is not None:
                    self._busy.append(job)
            elif outcome.summary is not None:
                self._succeed(outcome.summary)
            else:
                self._fail(outcome.job.name, outcome.error or UnexpectedError("no reason given"))

    def _look_again(self, job: ClipJob) -> ClipJob | None:
        """The clip if it is still to be made; another run may have made it meanwhile."""
        earlier = self._look.at(job)
        if (asked := self._look.job_to_make(job, earlier)) is not None:
            return asked
        if earlier.state == "whole":
            self._found.append(row_of_manifest(job.name, earlier.manifest, self._folder))
            self.summary.earlier += 1
            self._watcher.earlier(job)
        else:
            self._fail(job.name, refusal(job, earlier))
        return None

    def _succeed(self, summary: RunSummary) -> None:
        first = self.summary.done[0] if self.summary.done else summary
        equal = {
            part: getattr(first, part)
            for part in _SHARED_PARTS
            if getattr(first, part) == getattr(summary, part)
        }
        self.summary.done.append(replace(summary, **equal))
        self._record.add(row_of_summary(summary, self._folder))
        self._watcher.done(summary)

    def _fail(self, name: str, error: Exception) -> None:
        self.summary.failed.append((name, error))
        self._record.add(row_of_failure(name, "failed", error))
        self._watcher.failed(name, error)

    def _log(self, outcome: ClipOutcome) -> None:
        """Log what a worker logged, and nothing twice."""
        for record in outcome.records:
            text = record.getMessage()
            if text not in self._logged:
                self._logged[text] = None
                logging.getLogger(record.name).handle(record)
        while len(self._logged) > _MOST_REMEMBERED:
            del self._logged[next(iter(self._logged))]


class _Told:
    """Tells a watcher what an executor tells of its jobs."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def started(self, job: ClipJob) -> None:
        self._watcher.started(job.name)

    def progressed(self, job: ClipJob, *, frames: int, expected_frames: int | None) -> None:
        self._watcher.progressed(job.name, frames=frames, expected_frames=expected_frames)
