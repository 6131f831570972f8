"""How a run is disturbed, and what must hold before the same words are tried again."""

from __future__ import annotations

import csv
import os
import pty
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from helpers.ray_machines import MACHINE

from kill.cases import Case, Victim
from kill.footage import WORDS, copy_footage, make_footage
from kill.processes import Program
from kill.rules import NOTHING, Undisturbed, Wrong, half_made, hidden_files, what_is_wrong

_INTERRUPTED = 130
_IN_PROCESSES = ("--jobs", "2")
_LOOK_SECONDS = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where cases are tried, one after the other."""

    footage: Path
    """The clips and the model."""
    cache: Path
    """Converted models, as the undisturbed run left them."""
    folder: Path
    """Of the case at hand."""
    undisturbed: Undisturbed = NOTHING
    """What must come out."""
    machines: Any = None
    """A Ray cluster of two machines, in cases that need one."""

    @property
    def out(self) -> Path:
        """The output folder."""
        return self.folder / "out"

    def prepare(self, case: Case) -> None:
        """Lay out the files of a case."""
        copy_footage(self.footage, self.folder)
        shutil.rmtree(self.own_cache, ignore_errors=True)
        if not case.empty_cache:
            shutil.copytree(self.cache, self.own_cache)
        if case.moment.share is None:
            self.out.mkdir()

    @property
    def _words(self) -> tuple[str, ...]:
        if self.machines is None:
            return (*WORDS, *_IN_PROCESSES)
        return (*WORDS, "--executor", "ray", "--address", self.machines.address)

    def start(self, name: str = "run", *, terminal: int | None = None) -> Program:
        """Start the run."""
        return Program(
            self._words, folder=self.folder, cache=self.own_cache, name=name, terminal=terminal
        )

    def wait(self, case: Case, program: Program) -> None:
        """Wait for the moment of a case."""
        seconds = self.undisturbed.seconds
        case.moment.wait(self.out, seconds=seconds, has_ended=lambda: program.has_ended)

    @property
    def own_cache(self) -> Path:
        """The cache of the case at hand."""
        return self.folder.with_name(f"{self.folder.name}.cache")


def new_bench(folder: Path) -> Bench:
    """Make the footage, and run undisturbed: twice, as the first run over a model takes longer."""
    bench = Bench(footage=folder / "footage", cache=folder / "cache", folder=folder / "case")
    make_footage(bench.footage)
    bench = _undisturbed(_undisturbed(bench))
    shutil.copytree(bench.own_cache, bench.cache)
    return bench


def with_machines(bench: Bench, machines: Any) -> Bench:
    """The same on a Ray cluster, where an undisturbed run makes the same."""
    on_machines = _undisturbed(replace(bench, machines=machines))
    if wrong := list(what_is_wrong(bench.out, bench.undisturbed)):
        raise RuntimeError(f"an undisturbed run on a cluster makes something else: {wrong}")
    return on_machines


def _undisturbed(bench: Bench) -> Bench:
    copy_footage(bench.footage, bench.folder)
    begin = time.monotonic()
    program = bench.start()
    if program.wait() != 0:
        raise RuntimeError(f"an undisturbed run fails: {program.err}")
    seconds = time.monotonic() - begin
    return replace(bench, undisturbed=Undisturbed.of(bench.out, seconds=seconds))


def try_case(case: Case, bench: Bench) -> list[str]:
    """Try a case; what is wrong, in sentences."""
    bench.prepare(case)
    return [*_DISTURBERS[case.victim](case, bench), *_again(bench)]


def _again(bench: Bench) -> Wrong:
    yield from _wrong_at_end(bench.start("again"), exit_codes=(0,), when="the same words again")
    yield from what_is_wrong(bench.out, bench.undisturbed)
    yield from (f"left {name}" for name in hidden_files(bench.folder))


def _run_is_killed(case: Case, bench: Bench) -> Wrong:
    """Its workers see that it is dead, and nothing is said of it."""
    program = bench.start()
    bench.wait(case, program)
    program.signal(signal.SIGKILL)
    program.wait()
    if case.at_once:
        yield from _again(bench)
    yield from _wrong_at_end(program, exit_codes=(0, -signal.SIGKILL), when="the killed run")


def _worker_is_killed(case: Case, bench: Bench) -> Wrong:
    """That costs one clip at most."""
    program = bench.start()
    bench.wait(case, program)
    while not (workers := program.workers()) and not program.has_ended:
        time.sleep(_LOOK_SECONDS)
    if workers:
        with suppress(ProcessLookupError):
            os.kill(workers[case.choice % len(workers)], signal.SIGKILL)
    yield from _wrong_at_end(program, exit_codes=(0, 1), when="the run whose worker was killed")
    yield from (f"it left {name}" for name in hidden_files(bench.folder))
    with (bench.out / "run.csv").open(encoding="utf-8", newline="") as file:
        lost = [row["clip"] for row in csv.DictReader(file) if row["status"] != "done"]
    if len(lost) != program.wait():
        yield f"the exit code is {program.wait()}, and {lost} are lost"


def _node_is_killed(case: Case, bench: Bench) -> Wrong:
    """That costs nothing but time: the other machine makes its clips."""
    program = bench.start()
    bench.wait(case, program)
    bench.machines.remove_node(bench.machines.worker_nodes.copy().pop(), allow_graceful=False)
    yield from _wrong_at_end(program, exit_codes=(0,), when="the run that lost a machine")
    yield from (f"before the same words: {wrong}" for wrong in _wrong_files(bench))
    bench.machines.add_node(**MACHINE)


def _one_of_two_is_killed(case: Case, bench: Bench) -> Wrong:
    """The other one makes all clips."""
    programs = [bench.start("one"), bench.start("two")]
    killed, other = programs if case.choice else reversed(programs)
    bench.wait(case, killed)
    killed.signal(signal.SIGKILL)
    killed.wait()
    yield from _wrong_at_end(killed, exit_codes=(0, -signal.SIGKILL), when="the killed run")
    yield from _wrong_at_end(other, exit_codes=(0,), when="the other run")
    yield from (f"before the same words: {wrong}" for wrong in _wrong_files(bench))


def _wrong_files(bench: Bench) -> Wrong:
    yield from what_is_wrong(bench.out, bench.undisturbed)


def _run_is_interrupted(case: Case, bench: Bench) -> Wrong:
    """It cleans up, tells what is done, and takes its workers along."""
    watcher, terminal = pty.openpty() if case.on_terminal else (-1, None)
    program = bench.start(terminal=terminal)
    if terminal is not None:
        os.close(terminal)
    bench.wait(case, program)
    number = signal.SIGHUP if case.on_terminal else getattr(signal, case.signal)
    if case.on_terminal:
        os.close(watcher)
    elif case.to_group:
        program.signal_group(number)
    else:
        program.signal(number)
    exit_code = program.wait()
    yield from (f"a worker outlives the run: {pid}" for pid in program.workers())
    has_begun = "clips:" in program.out
    codes = (0, _INTERRUPTED) if has_begun else (0, _INTERRUPTED, -number)
    yield from _wrong_at_end(program, exit_codes=codes, when="the interrupted run")
    if has_begun and "clips done" not in program.out:
        yield f"no summary: {program.out[-300:]!r}"
    was_made = exit_code != 0 and bench.out.exists() and case.moment.share is not None
    if was_made and not any(bench.out.iterdir()):
        yield "it left an empty folder"
    yield from (f"it left {name}" for name in hidden_files(bench.folder))
    if bench.out.exists():
        yield from half_made(bench.out)


def _wrong_at_end(program: Program, *, exit_codes: tuple[int, ...], when: str) -> Wrong:
    """Say what is wrong with how a run ended, once it has."""
    exit_code = program.wait()
    if exit_code not in exit_codes:
        yield f"{when}: exit code {exit_code}; {program.err[-500:]}"
    yield from (f"{when}: a process stays: {line}" for line in program.left_over())
    foreign = [line for line in program.err.splitlines() if not line.startswith("vidclf: ")]
    if foreign:
        shown = f"{foreign[0][:200]!r} … {foreign[-1][:200]!r}"
        yield f"{when}: lines that are not vidclf's own: {shown}"


_DISTURBERS: dict[Victim, Callable[[Case, Bench], Iterator[str]]] = {
    "run": _run_is_killed,
    "worker": _worker_is_killed,
    "one_of_two": _one_of_two_is_killed,
    "interrupt": _run_is_interrupted,
    "node": _node_is_killed,
    "run_on_ray": _run_is_killed,
}
