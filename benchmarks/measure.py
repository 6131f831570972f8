"""Run whole processes in turn, and measure each: wall time, CPU time, peak memory.

Nothing heavy is imported here or by whoever imports this: a child's peak memory is at least that of
the process that started it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
"""Unit of `ru_maxrss` (getrusage(2))."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process took."""

    wall: float
    """Seconds from its start to its end."""
    cpu: float
    """Seconds, user and system, of it and of the processes it waited for."""
    peak_mb: float
    """Largest resident memory of it, or of one process it waited for, in 10^6 bytes."""
    output_mb: float
    """What it wrote, in 10^6 bytes."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One way of doing the work."""

    key: str
    """Short name."""
    title: str
    """What reports call it."""
    command: Callable[[Path, Path], Sequence[str]]
    """Input clip and output folder → the command."""
    is_aside: bool = False
    """Whether it is measured on one clip only, as it says nothing new on others."""


class ProcessFailedError(Exception):
    """A program ended with an error."""


def measure(program: Program, clip: Path, *, work: Path) -> Run:
    """Run a program once, into an empty folder.

    Raises:
        ProcessFailedError: it failed, or wrote nothing.
    """
    output = work / "output"
    output.mkdir(parents=True, exist_ok=True)
    for old in output.iterdir():
        old.unlink()
    log = work / f"{program.key}.log"
    wall, cpu, peak_mb = timed(program.command(clip, output), log=log, work=work)
    output_mb = sum(file.stat().st_size for file in output.iterdir()) / 1e6
    if not output_mb:
        raise ProcessFailedError(f"{program.key} wrote nothing; {log} has what it said")
    return Run(wall=wall, cpu=cpu, peak_mb=peak_mb, output_mb=output_mb)


def timed(command: Sequence[str], *, log: Path, work: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory (10^6 bytes) of a command, its words in `log`.

    Raises:
        ProcessFailedError: its exit code is not 0.
    """
    environment = {**os.environ, "VIDCLF_CACHE": str(work / "cache"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled, too
    with log.open("wb") as words:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=work, env=environment,
            stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ProcessFailedError(
            f"{Path(command[0]).name} {Path(command[1]).name} ended with exit code "
            f"{process.returncode}; {log} has what it said"
        )
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_BYTES / 1e6


def middle(runs: Sequence[Run], quantity: str) -> float:
    """The median of `wall`, `cpu`, `peak_mb` or `output_mb`."""
    return float(median(getattr(run, quantity) for run in runs))


def spread(runs: Sequence[Run], quantity: str) -> float:
    """Largest less smallest, over the median."""
    values = [getattr(run, quantity) for run in runs]
    return float((max(values) - min(values)) / median(values))


def ratio(runs: Sequence[Run], others: Sequence[Run], quantity: str) -> float:
    """How many times the others' quantity: the median of the ratios within each round.

    Rounds that one of both has not are left out.
    """
    pairs = zip(runs, others, strict=False)
    return float(median(getattr(a, quantity) / getattr(b, quantity) for a, b in pairs))


def distance(runs: Sequence[Run], others: Sequence[Run], quantity: str) -> float:
    """How much more than the others' quantity: the median within each round, as in `ratio`."""
    pairs = zip(runs, others, strict=False)
    return float(median(getattr(a, quantity) - getattr(b, quantity) for a, b in pairs))


Results = Mapping[str, Mapping[str, Sequence[Run]]]
"""Clip name → program key → one run for each round."""
