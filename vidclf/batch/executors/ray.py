"""Makes the clips of a run on a Ray cluster: each is a task, on files that all machines see."""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from itertools import chain
from types import TracebackType
from typing import Any, Self

from vidclf.batch.executors.base import ClipOutcome, ExecutorInput, Progress
from vidclf.batch.executors.ray_attempts import Attempt, Attempts
from vidclf.batch.executors.ray_board import Board
from vidclf.batch.executors.ray_check import check_machines
from vidclf.batch.executors.ray_cluster import Cluster, Machine
from vidclf.batch.executors.ray_worker import RayRun
from vidclf.core.cpu import usable_cores
from vidclf.core.run_warnings import get_logger
from vidclf.core.unexpected import unexpected
from vidclf.errors import UnexpectedError, UsageError, VidclfError, WorkerError
from vidclf.files.temporary_names import new_token
from vidclf.pipeline.job import ClipJob
from vidclf.remote.access import current_access

logger = get_logger(__name__)

_POLL_SECONDS = 0.3
_MACHINES_SECONDS = 5.0
"""How often machines are counted, as some may come and go."""
_MOST_CRASHES = 2
"""So often a clip's process may die: a machine that goes down may end its processes first."""
_MOST_LOSSES = 4
"""So often a clip's machine may be lost."""


class RayTasks:
    """Tasks of a Ray cluster.

    Args:
        work: what holds for all clips.

    Raises:
        UsageError: Ray is not installed, or the model is in memory.
    """

    name = "ray"
    remote = True

    def __init__(self, work: ExecutorInput) -> None:
        if find_spec("ray") is None:
            raise UsageError(
                "--executor ray needs Ray, which is not installed: pip install 'vidclf[ray]'"
            )
        if work.engine.model.info.in_memory:
            raise UsageError(
                "a model in memory cannot be on several machines: save it to a file, and name that"
            )
        self._work = work
        self._cluster = Cluster(work.address, workers=work.workers)
        self._stack = ExitStack()
        self._checked: set[str] = set()
        self._machines: list[Machine] = []
        self._counted_at = -math.inf
        self._gpus = 0
        self._board: Board
        self._run: RayRun
        self._attempts: Attempts

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            on_failure.enter_context(self._cluster)
            self._board = Board(self._cluster.own_node)
            on_failure.callback(self._board.close)
            self._run = self._told_to_all()
            self._attempts = Attempts(self._run, self._cluster, self._board)
            on_failure.callback(self._attempts.cancel)
            self._stack = on_failure.pop_all()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def outcomes(self, jobs: Iterable[ClipJob], *, progress: Progress) -> Iterator[ClipOutcome]:
        """Keep the cluster's cores busy, and give outcomes as they come.

        Raises:
            ClusterError: a machine cannot make clips; told before it begins one.
        """
        import ray

        waiting = iter(jobs)
        if (first := next(waiting, None)) is None:
            return
        waiting = chain([first], waiting)
        is_first = self._work.engine.must_convert
        while True:
            if time.monotonic() - self._counted_at > _MACHINES_SECONDS:
                self._count_machines(first)
            for job in self._next_jobs(waiting, alone=is_first):
                self._attempts.give(job, gpus=self._gpus)
            if not self._attempts.running:
                return
            ended, _ = ray.wait(list(self._attempts.running), timeout=_POLL_SECONDS)
            is_first &= not self._tell(progress) and not ended
            for task in ended:
                if (outcome := self._outcome(task, progress)) is not None:
                    yield outcome
            yield from self._stalled()

    def _told_to_all(self) -> RayRun:
        shares = self._work.workers if self._cluster.is_own else usable_cores()
        return RayRun(
            token=new_token(),
            settings=self._work.settings,
            folder=os.getcwd(),  # noqa: PTH109
            cores=max(1, usable_cores() // shares),
            log_level=logging.getLogger("vidclf").level,
            access=current_access(),
        )

    def _count_machines(self, first: ClipJob) -> None:
        """Count the machines, and ask those that are new."""
        self._machines, self._counted_at = self._cluster.machines, time.monotonic()
        new = [machine for machine in self._machines if machine.node not in self._checked]
        if new or not self._checked:
            digest = self._work.engine.model.info.digest
            on_gpu = check_machines(new, self._run, first, model_digest=digest)
            self._gpus = self._gpus or int(on_gpu)
            self._checked.update(machine.node for machine in new)
        if not self._machines:
            logger.warning("no machine of the Ray cluster is left: the run waits for one")

    def _next_jobs(self, waiting: Iterator[ClipJob], *, alone: bool) -> Iterator[ClipJob]:
        """As many as there is room for: some more than are made at once."""
        at_once = sum(min(m.cores, m.gpus) if self._gpus else m.cores for m in self._machines)
        room = 1 if alone else at_once + max(1, at_once // 4)
        while len(self._attempts.running) < room and (job := next(waiting, None)) is not None:
            yield job

    def _tell(self, progress: Progress, *, is_last: bool = False) -> bool:
        """Say what was begun and how far clips are; whether one has new frames."""
        standings = self._board.standings_now() if is_last else self._board.standings()
        has_new = False
        for attempt in self._attempts.running.values():
            standing = standings.get(attempt.number)
            if standing is None or standing == attempt.standing:
                continue
            attempt.standing, attempt.changed_at = standing, time.monotonic()
            self._tell_start(attempt, progress)
            if standing.frames > attempt.frames_told:
                has_new, attempt.frames_told = True, standing.frames
                progress.progressed(
                    attempt.job, frames=standing.frames, expected_frames=standing.expected_frames
                )
        return has_new

    def _tell_start(self, attempt: Attempt, progress: Progress) -> None:
        if not attempt.is_told:
            attempt.is_told = True
            progress.started(attempt.job)

    def _outcome(self, task: Any, progress: Progress) -> ClipOutcome | None:
        """What became of a clip; None where it is tried again."""
        import ray

        self._tell(progress, is_last=True)
        attempt = self._attempts.take(task)
        self._tell_start(attempt, progress)
        try:
            outcome: ClipOutcome = ray.get(task)
        except ray.exceptions.RayTaskError as exc:
            text = unexpected(exc.cause if isinstance(exc.cause, BaseException) else exc)
            return _failed(attempt.job, UnexpectedError(text))
        except ray.exceptions.OutOfMemoryError:
            return self._given_up(
                attempt,
                f"the memory of {self._place(attempt)} was full, and Ray ended it: start Ray there "
                "with a lower --num-cpus",
            )
        except ray.exceptions.RayError as exc:
            return self._again(attempt, exc)
        if outcome.summary is not None:
            frames = outcome.summary.frames_read
            progress.progressed(attempt.job, frames=frames, expected_frames=frames)
        return outcome

    def _again(self, attempt: Attempt, error: Exception) -> ClipOutcome | None:
        """Try a clip again whose process or machine is gone; None unless it was often enough."""
        node = attempt.node
        is_there = not node or any(machine.node == node for machine in self._cluster.machines)
        crashes, losses = attempt.crashes + is_there, attempt.losses + (not is_there)
        if crashes >= _MOST_CRASHES:
            return self._given_up(
                attempt,
                f"its process crashed or was killed {crashes} times, the last time on "
                f"{self._place(attempt)}: the clip may be damaged in an unusual way, or the memory "
                "full; Ray's logs there may tell",
            )
        if losses >= _MOST_LOSSES:
            return self._given_up(attempt, f"its machine was lost {losses} times ({error})")
        self._attempts.give_again(
            attempt,
            gpus=self._gpus,
            crashes=crashes,
            losses=losses,
            near=node if is_there else "",
        )
        return None

    def _stalled(self) -> Iterator[ClipOutcome]:
        most, now = self._work.stall_seconds, time.monotonic()
        for task, attempt in list(self._attempts.running.items()):
            if most is None or attempt.standing is None or now - attempt.changed_at < most:
                continue
            self._attempts.end(task)
            yield self._given_up(
                attempt,
                f"no frame was done for {most:g} s on {self._place(attempt)}, and the clip was "
                "given up: raise --stall-seconds if it needs longer",
            )

    def _given_up(self, attempt: Attempt, reason: str) -> ClipOutcome:
        self._attempts.clean([attempt])
        return _failed(attempt.job, WorkerError(reason))

    def _place(self, attempt: Attempt) -> str:
        names = {machine.node: machine.name for machine in self._machines}
        return names.get(attempt.node, "a machine of the cluster")


def _failed(job: ClipJob, error: VidclfError) -> ClipOutcome:
    named = type(error)(f"{job.name}: {error}")
    return ClipOutcome(job=job, error=named)
