"""Attempts at clips: given to a cluster as tasks, counted, ended, and cleaned after."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from vidclf.batch.executors.new_folders import NewFolders
from vidclf.batch.executors.ray_board import Board, Standing
from vidclf.batch.executors.ray_cluster import Cluster
from vidclf.batch.executors.ray_worker import RayRun, clean, make_clip, remove_outputs_of_dead
from vidclf.pipeline.job import ClipJob

_GENTLE_SECONDS = 5.0
"""How long a task may take to end by itself."""
_GONE_SECONDS = 15.0
"""How long an ended process is waited for: its machine may be lost, too."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """A clip that was given to the cluster."""

    job: ClipJob
    """The clip."""
    number: int
    """Tells it from other attempts, at this clip and others."""
    crashes: int = 0
    """How often its process died before."""
    losses: int = 0
    """How often its machine was lost before."""
    is_told: bool = False
    """Whether its beginning was told."""
    frames_told: int = 0
    """How many were told, in this attempt or an earlier one: what is told does not fall."""
    standing: Standing | None = None
    """How far it is; None before it is begun."""
    changed_at: float = 0.0
    """When that changed, by the clock of this process."""

    @property
    def node(self) -> str:
        """Where it was begun; empty where nobody knows."""
        return self.standing.node if self.standing else ""


class Attempts:
    """The attempts of a run that are with the cluster.

    Args:
        run: what holds for all.
        cluster: where they are made.
        board: is told how far they are.
    """

    def __init__(self, run: RayRun, cluster: Cluster, board: Board) -> None:
        self._run = run
        self._cluster = cluster
        self._board = board
        self._given = 0
        self._folders = NewFolders()
        self.running: dict[Any, Attempt] = {}
        """Ray's reference → attempt."""

    def give(self, job: ClipJob, *, gpus: int) -> None:
        """Give a clip to whatever machine has a core."""
        self._folders.note(job)
        self._submit(Attempt(job=job, number=self._given), gpus, "SPREAD")

    def give_again(
        self, attempt: Attempt, *, gpus: int, crashes: int, losses: int, near: str
    ) -> None:
        """Give a clip another time, if it can be to the node `near`, which cleans up by that."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        again = Attempt(
            job=attempt.job,
            number=self._given,
            crashes=crashes,
            losses=losses,
            is_told=attempt.is_told,
            frames_told=attempt.frames_told,
        )
        where = NodeAffinitySchedulingStrategy(near, soft=True) if near else "SPREAD"
        self._submit(again, gpus, where)

    def take(self, task: Any) -> Attempt:
        """Take one off that has ended."""
        attempt = self.running.pop(task)
        self._board.forget([attempt.number])
        return attempt

    def end(self, task: Any) -> Attempt:
        """End one at once, with its process, and take it off."""
        import ray

        ray.cancel(task, force=True)
        ray.wait([task], timeout=_GONE_SECONDS)
        return self.take(task)

    def clean(self, attempts: Iterable[Attempt]) -> None:
        """Remove what ended processes left, where they ran: a machine knows its own dead."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        tasks = []
        for attempt in attempts:
            if not attempt.node or self._cluster.is_here(attempt.node):
                remove_outputs_of_dead(attempt.job)
                continue
            where = NodeAffinitySchedulingStrategy(attempt.node, soft=True)
            task = ray.remote(clean).options(num_cpus=0, scheduling_strategy=where)
            tasks.append(task.remote(self._run, attempt.job))
        if tasks:
            ray.wait(tasks, num_returns=len(tasks), timeout=_GONE_SECONDS)

    def cancel(self) -> None:
        """End all, gently first, and wait until they are gone."""
        import ray

        with suppress(ray.exceptions.RayError):  # no cluster, no tasks
            left = self._ended(list(self.running), force=False, seconds=_GENTLE_SECONDS)
            self._ended(left, force=True, seconds=_GONE_SECONDS)
            self.clean(self.running[task] for task in left)
        self.running.clear()
        self._folders.remove_empty()

    def _ended(self, tasks: list[Any], *, force: bool, seconds: float) -> list[Any]:
        """Cancel tasks, and give those that did not end in time."""
        import ray

        for task in tasks:
            ray.cancel(task, force=force)
        return ray.wait(tasks, num_returns=len(tasks), timeout=seconds)[1] if tasks else []

    def _submit(self, attempt: Attempt, gpus: int, where: Any) -> None:
        """Make it a task of one core.

        Ray's own retries are not used: they take the death of a process and the loss of a machine
        for the same, and repeat without an end what fills the memory.
        """
        import ray

        task = ray.remote(make_clip).options(
            num_cpus=1, num_gpus=gpus, max_retries=0, scheduling_strategy=where
        )
        self._given += 1
        given = task.remote(
            self._run, attempt.job, attempt=attempt.number, board=self._board.handle
        )
        self.running[given] = attempt
