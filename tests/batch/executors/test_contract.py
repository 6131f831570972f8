"""What holds for every executor, with faults by a table."""

from __future__ import annotations

import io
import itertools
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from pkgutil import resolve_name
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.faulty_clips import FaultyClip, is_alive, noted_pids, wait_until

from vidclf.batch.executors import EXECUTORS, open_executor
from vidclf.batch.executors.base import ClipOutcome, ExecutorInput
from vidclf.batch.outputs import wanted_kinds
from vidclf.batch.plan import plan
from vidclf.errors import UnexpectedError, UsageError, VidclfError, WorkerError
from vidclf.inference.engine import open_engine
from vidclf.pipeline.job import ClipJob
from vidclf.settings import Settings

REASONS: dict[str, tuple[type[VidclfError], str]] = {
    "raise": (UnexpectedError, "unexpected ZeroDivisionError.*a bug"),
    "memory": (UnexpectedError, "the memory is full"),
    "killed": (WorkerError, "killed"),
    "hang": (WorkerError, "no frame was done for 600 s.*raise --stall-seconds"),
}
"""Fault → the error of its clip."""
IN_THE_PROCESS = ("raise", "memory")
"""What an executor bears that has no other process."""
BORNE = {"in_process": IN_THE_PROCESS, "processes": tuple(REASONS), "ray": tuple(REASONS)}
"""Executor → faults that cost it one clip."""
MOST_TAKEN = {"in_process": 1, "processes": 2, "ray": 3}
"""Executor → how many clips it holds at most, of two that are made at once."""
WHOLE = ("first", "second", "third")


@dataclass(kw_only=True)
class Run:
    """What an executor did."""

    name: str
    folder: Path
    notes: Path
    outcomes: list[ClipOutcome] = field(default_factory=list)
    most_taken: int = 0
    started: list[str] = field(default_factory=list)
    frames: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    printed: str = ""

    def take(self, jobs: Iterable[ClipJob]) -> Iterator[ClipJob]:
        for taken, job in enumerate(jobs, len(self.outcomes) + 1):
            self.most_taken = max(self.most_taken, taken - len(self.outcomes))
            yield job


class Told:
    """Notes what an executor tells."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def started(self, job: ClipJob) -> None:
        self._run.started.append(job.name)

    def progressed(self, job: ClipJob, *, frames: int, expected_frames: int | None) -> None:
        assert job.name in self._run.started
        assert expected_frames == 6
        self._run.frames[job.name].append(frames)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip for each fault, and whole ones."""
    folder = tmp_path_factory.mktemp("footage")
    for name in (*WHOLE, *REASONS):
        make_clip(folder / f"{name}.mp4", ClipSpec(frames=6, width=64, height=48))
    return folder


@pytest.fixture(scope="module")
def settings(tiny_model: Path) -> Settings:
    return Settings(model=tiny_model)


@pytest.fixture(scope="module")
def reference(clips: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of an undisturbed run."""
    folder = tmp_path_factory.mktemp("reference")
    run = Run(name="in_process", folder=folder, notes=folder)
    jobs = [job for job in jobs_of(clips, run, settings) if Path(job.name).stem in WHOLE]
    with open_executor(
        "in_process", ExecutorInput(settings=settings, engine=open_engine(settings))
    ) as executor:
        make(executor, run, jobs)
    assert [outcome.error for outcome in run.outcomes] == [None] * len(WHOLE)
    return folder


@pytest.fixture(scope="module", params=list(EXECUTORS))
def run(
    request: pytest.FixtureRequest,
    clips: Path,
    settings: Settings,
    reference: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """A run that meets all faults that its executor bears."""
    name = request.param
    run = Run(
        name=name, folder=tmp_path_factory.mktemp("results"), notes=tmp_path_factory.mktemp("notes")
    )
    jobs = {Path(job.name).stem: job for job in jobs_of(clips, run, settings)}
    address = request.getfixturevalue("ray_cluster").address if name == "ray" else None
    work = ExecutorInput(
        settings=settings,
        engine=open_engine(settings),
        workers=2,
        stall_seconds=600,
        address=address,
    )
    faults = [fault for fault in BORNE[name] if fault != "hang"]
    with redirect_stdout(io.StringIO()) as printed, open_executor(name, work) as executor:
        make(executor, run, [jobs[stem] for stem in ("first", *faults, "second")])
        if "hang" in BORNE[name]:
            with pytest.MonkeyPatch.context() as patch:
                module = resolve_name(f"vidclf.batch.executors.{EXECUTORS[name].partition(':')[0]}")
                patch.setattr(module, "time", jumping_clock(lambda: any(run.notes.glob("hang.*"))))
                make(executor, run, [jobs["hang"]])
        make(executor, run, [jobs["third"]])
    run.printed = printed.getvalue()
    return run


def jobs_of(clips: Path, run: Run, settings: Settings) -> list[ClipJob]:
    """The clips of a folder, each with the fault that its name tells."""
    planned = plan([clips], output=run.folder, kinds=wanted_kinds(settings))
    return [with_fault(job, Path(job.name).stem, run.notes) for job in planned.jobs]


def with_fault(job: ClipJob, fault: str, notes: Path) -> ClipJob:
    known = fault if fault in (*REASONS, "wait") else "none"
    location = job.source
    source = FaultyClip(kind=location.kind, text=location.text, fault=known, notes=notes)
    return replace(job, source=source)


def make(executor: Any, run: Run, jobs: Sequence[ClipJob]) -> None:
    for outcome in executor.outcomes(run.take(jobs), progress=Told(run)):
        run.outcomes.append(outcome)


def jumping_clock(has_come: Callable[[], bool]) -> SimpleNamespace:
    """A clock that runs an hour ahead at each look from a moment on: nobody waits so long."""
    hours = itertools.count()

    def monotonic() -> float:
        return time.monotonic() + (3600 * next(hours) if has_come() else 0)

    return SimpleNamespace(monotonic=monotonic, sleep=time.sleep)


def test_every_executor_has_its_line() -> None:
    assert BORNE.keys() == MOST_TAKEN.keys() == EXECUTORS.keys()


def test_an_unknown_executor_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="--executor 'dask' is none of in_process, processes, ray"):
        open_executor("dask", ExecutorInput(settings=settings, engine=open_engine(settings)))


def test_each_clip_has_one_outcome(run: Run) -> None:
    names = Counter(Path(outcome.job.name).stem for outcome in run.outcomes)
    assert names == Counter([*WHOLE, *BORNE[run.name]])


def test_a_fault_costs_its_clip_alone_and_is_told(run: Run) -> None:
    for outcome in run.outcomes:
        stem = Path(outcome.job.name).stem
        if stem in WHOLE:
            assert outcome.summary is not None, outcome.error
            continue
        kind, text = REASONS[stem]
        assert type(outcome.error) is kind
        assert str(outcome.error).startswith(f"{stem}.mp4: ")
        assert re.search(text, str(outcome.error))


def test_tables_and_segments_are_those_of_an_undisturbed_run(run: Run, reference: Path) -> None:
    for expected in reference.glob("*.csv"):
        assert (run.folder / expected.name).read_bytes() == expected.read_bytes()


def test_nothing_is_left_of_a_clip_that_failed(run: Run) -> None:
    stems = {path.name.partition("_")[0] for path in run.folder.iterdir()}
    assert stems == set(WHOLE)


def test_clips_are_taken_when_they_are_needed(run: Run) -> None:
    assert 1 <= run.most_taken <= MOST_TAKEN[run.name]


def test_each_clip_begins_once_and_its_frames_rise(run: Run) -> None:
    assert sorted(run.started) == sorted(outcome.job.name for outcome in run.outcomes)
    for name, frames in run.frames.items():
        assert frames == sorted(frames), name
    assert run.frames


def test_what_was_logged_in_another_process_comes_with_the_outcome(run: Run) -> None:
    if run.name == "in_process":
        pytest.skip("it is logged as it is")
    for outcome in run.outcomes:
        if outcome.summary is not None:
            texts = [record.getMessage() for record in outcome.records]
            assert f"{outcome.job.name} was made" in texts


def test_nothing_is_printed(run: Run) -> None:
    assert run.printed == ""


def test_no_worker_is_left_after_the_run(run: Run) -> None:
    if run.name == "in_process":
        pytest.skip("it has none")
    pids = noted_pids(run.notes)
    assert len(pids) > 1
    wait_until(lambda: not any(map(is_alive, pids)), "the end of the workers")
