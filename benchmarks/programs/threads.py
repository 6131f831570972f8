"""Which thread of `vidclf annotate` takes how much CPU time: run it, and say so as JSON.

    python threads.py REPORT.json [--profile] ARGUMENT ...

The arguments are vidclf's. Linux only. A thread bears the name of the stage that it works for, and
threads that libraries start inherit it from theirs, but for FFmpeg's decoding threads, which get
a name of FFmpeg's; so the CPU time of each can be read in `/proc` while the run goes on.

Of a Python thread, what counts begins with its first frame: imports and opening come before. With
--profile, the CPU time is measured that all of them spend in calls of PyAV and OpenCV, which leave
Python's lock to others meanwhile; the profiler makes the rest slower, so nothing else of such a run
is of use.
"""

from __future__ import annotations

import cProfile
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from vidclf.cli.app import main as vidclf

TASKS = Path("/proc/self/task")
SECONDS_BETWEEN = 0.1
"""A thread that ends is seen for the last time so long before, at most."""
TICKS = os.sysconf("SC_CLK_TCK")
THREADS_OF = {"decode": "decode", "scale": "decode", "infer": "infer", "open model": "infer"}
"""Stage → the Python thread that it runs in; all others run in the caller's."""


class Stages:
    """CPU seconds of the Python threads, by stage and from frame to frame."""

    def __init__(self) -> None:
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.first: dict[str, tuple[float, float]] = {}
        self.last: dict[str, tuple[float, float]] = {}
        self.python: set[int] = set()

    @contextmanager
    def stage(self, watch: Any, name: str) -> Iterator[None]:
        """Stands for `Stopwatch.stage`."""
        thread = THREADS_OF.get(name, "encode")
        self.name_thread(thread)
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            now = time.thread_time()
            watch.seconds[name] += time.perf_counter() - wall
            self.cpu[name] += now - cpu
            if name != "open model":
                self.first.setdefault(thread, (cpu, wall))
                self.last[thread] = (now, time.perf_counter())

    def name_thread(self, name: str) -> None:
        """Give the calling thread, and those that will be started from it, a stage's name."""
        number = threading.get_native_id()
        if number not in self.python:
            self.python.add(number)
            (TASKS / str(number) / "comm").write_text(f"vc-{name}")

    def of_threads(self) -> dict[str, float]:
        """CPU seconds of each Python thread from its first frame to its last."""
        return {name: self.last[name][0] - self.first[name][0] for name in self.first}


class Native:
    """CPU seconds of every other thread, as last seen."""

    def __init__(self) -> None:
        self.seen: dict[int, tuple[str, float]] = {}
        self.own_cpu = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Native:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(SECONDS_BETWEEN):
            for task in TASKS.iterdir():
                try:
                    text = (task / "stat").read_text()
                except OSError:  # it has just ended
                    continue
                name, _, rest = text.partition("(")[2].rpartition(")")
                fields = rest.split()
                self.seen[int(task.name)] = (name, (int(fields[11]) + int(fields[12])) / TICKS)
        self.own_cpu = time.thread_time()
        self.seen.pop(threading.get_native_id(), None)


def main() -> None:
    """Run, and write what was found."""
    report, *arguments = sys.argv[1:]
    is_profiled = arguments[0] == "--profile"
    stages = Stages()
    _instrument(stages)
    profiles: list[cProfile.Profile] = []
    run = partial(vidclf, arguments[is_profiled:])
    if is_profiled:
        _profile_threads(profiles)
        run = partial(_profiled, run, profiles)
    (TASKS / str(threading.get_native_id()) / "comm").write_text("vc-encode")
    with Native() as native:
        code = run()
    found = {
        "stages": stages.cpu,
        "threads": stages.of_threads(),
        "first_frame_wall": stages.first["encode"][1],
        "last_frame_wall": stages.last["encode"][1],
        "looking": native.own_cpu,
        "native": _native(native.seen, stages.python),
        "without_lock": _without_lock(profiles),
    }
    Path(report).write_text(json.dumps(found), "utf-8")
    sys.exit(code)


def _instrument(stages: Stages) -> None:
    """Have every stopwatch measure the time of threads, too, and name the one that opens models."""
    from vidclf.core.stopwatch import Stopwatch

    def stage(watch: Stopwatch, name: str) -> AbstractContextManager[None]:
        return stages.stage(watch, name)

    run = threading.Thread.run

    def run_named(thread: threading.Thread) -> None:
        if thread.name == "vidclf-open":
            stages.name_thread("infer")
        run(thread)

    Stopwatch.stage = stage  # type: ignore[method-assign, assignment]
    threading.Thread.run = run_named  # type: ignore[method-assign]


def _profiled(work: Callable[[], Any], profiles: list[cProfile.Profile]) -> Any:
    """What the work gives, and where its thread's CPU time went."""
    profile = cProfile.Profile(time.thread_time)
    profiles.append(profile)
    return profile.runcall(work)


def _profile_threads(profiles: list[cProfile.Profile]) -> None:
    """Profile every thread that begins from now on."""
    run = threading.Thread.run
    threading.Thread.run = lambda self: _profiled(lambda: run(self), profiles)  # type: ignore[method-assign]


def _native(seen: dict[int, tuple[str, float]], python: set[int]) -> dict[str, list[float]]:
    """CPU seconds of the threads that no Python runs in, by what they work for, oldest first."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for number, (name, seconds) in sorted(seen.items()):
        if number not in python:
            found[name.removeprefix("vc-") if name.startswith("vc-") else "decode"].append(seconds)
    return found


def _without_lock(profiles: list[cProfile.Profile]) -> float:
    """Seconds inside calls of PyAV and OpenCV; what NumPy does without the lock is not known."""
    return sum(
        entry.inlinetime
        for profile in profiles
        for entry in profile.getstats()
        if isinstance(entry.code, str) and _leaves_lock(entry.code)
    )


def _leaves_lock(call: str) -> bool:
    """Whether a call, as the profiler names it, is PyAV's or OpenCV's (`<resize>`)."""
    return "of 'av." in call or hasattr(cv2, call.strip("<>"))


if __name__ == "__main__":
    main()
