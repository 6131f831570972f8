"""The clips of a plan that a run is to make."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import overload

from vidclf.pipeline.job import ClipJob


class JobsToMake(Sequence[ClipJob]):
    """Some jobs of a plan, in its order, each made when it is asked for.

    Args:
        jobs: all of the plan.
    """

    def __init__(self, jobs: Sequence[ClipJob]) -> None:
        self._jobs = jobs
        self._places = array("q")
        self._changed: dict[int, ClipJob] = {}

    def add(self, place: int, job: ClipJob) -> None:
        """Add the job of a place in the plan, which may know of files that stay beside it."""
        self._places.append(place)
        if job.kept:
            self._changed[place] = job

    @property
    def names(self) -> list[str]:
        """The names of all of them."""
        return [job.name for job in self]

    @overload
    def __getitem__(self, place: int) -> ClipJob: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ClipJob]: ...
    def __getitem__(self, place: int | slice) -> ClipJob | Sequence[ClipJob]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        of_plan = self._places[place]
        return self._changed.get(of_plan) or self._jobs[of_plan]

    def __len__(self) -> int:
        return len(self._places)
