"""Running vidclf's command on files of a folder, each time in a process of its own.

The processes are forked from one that has imported what is slow to import, so each costs some
hundredths of a second, and a crash or an endless loop ends none but its own. Needs Linux: what a
process takes is read from /proc.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

_MIB = 2**20
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_LOOK_SECONDS = 0.02
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a command may take; more is a fault of its own."""

    cpu_seconds: int = 30
    """Of processor time."""
    seconds: float = 300
    """On the clock, which a busy machine makes long: only against waiting for ever."""
    memory_bytes: int = 1024 * _MIB
    """Resident."""
    written_bytes: int = 64 * _MIB
    """In the folder of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one command did."""

    argv: list[str]
    """The command without `vidclf`."""
    exit_code: int
    """As the shell sees it; below 0 the number of the signal that ended it."""
    out: str
    """Standard output."""
    err: str
    """Standard error."""
    over: str | None = None
    """Which limit it was ended for, if it was."""
    new_files: list[str] = field(default_factory=list)
    """Files that were not there before, by their names from the folder on."""


class Runner:
    """Runs commands one after the other."""

    def __init__(self) -> None:
        # the process to fork from is given the modules' names, but not where they are (Python 3.11)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        os.environ |= dict.fromkeys(_ONE_THREAD, "1")  # a fork has no other
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["fuzz.preloaded"])

    def run(self, argv: Sequence[str], folder: Path, limits: Limits) -> Run:
        """Run `vidclf *argv` in a folder."""
        before = files_of(folder)
        talk = [folder.with_name(f"{folder.name}.{name}") for name in ("out", "err")]
        process = self._context.Process(
            target=_run_in_child, args=(list(argv), str(folder), [*map(str, talk)], limits)
        )
        process.start()
        over = _wait(process, folder, limits)
        process.join()
        out, err = (path.read_text("utf-8", "replace") for path in talk)
        if process.exitcode == -signal.SIGXCPU:
            over = f"takes more than {limits.cpu_seconds} s of processor time"
        return Run(
            argv=list(argv),
            exit_code=process.exitcode or 0,
            out=out,
            err=err,
            over=over,
            new_files=sorted(files_of(folder) - before),
        )


def files_of(folder: Path) -> set[str]:
    """All files below a folder, by their names from there on."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def _wait(process: BaseProcess, folder: Path, limits: Limits) -> str | None:
    """Wait until a process ends, or end it with its children when it takes too much."""
    deadline = time.monotonic() + limits.seconds
    while process.is_alive():
        over = None
        if time.monotonic() > deadline:
            over = f"is not done after {limits.seconds:.0f} s"
        elif _resident_bytes(process.pid) > limits.memory_bytes:
            over = f"takes more than {limits.memory_bytes // _MIB} MiB of memory"
        elif _bytes_in(folder) > limits.written_bytes:
            over = f"writes more than {limits.written_bytes // _MIB} MiB"
        if over:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return over
        process.join(_LOOK_SECONDS)
    return None


def _resident_bytes(pid: int | None) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):  # it has just ended
        return 0


def _bytes_in(folder: Path) -> int:
    size = 0
    for parent, _, names in os.walk(folder):  # which bears folders that go meanwhile
        for name in names:
            with suppress(OSError):  # it was renamed
                size += (Path(parent) / name).stat().st_blocks * 512
    return size


# --- in the child -------------------------------------------------------------------------------


def _run_in_child(argv: list[str], folder: str, talk: list[str], limits: Limits) -> None:
    os.setsid()
    os.chdir(folder)
    for descriptor, path in enumerate(talk, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    faulthandler.enable()  # where a native library crashed
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    from vidclf.cli.app import main

    sys.exit(main(argv))
