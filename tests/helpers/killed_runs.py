"""Runs of `Staging` in processes of their own, which are killed or run at once.

    python killed_runs.py at_each_step FOLDER new|old   a run is killed before its Nth change, in
                                                        FOLDER/N, for each N
    python killed_runs.py at_once FOLDER CLIPS KILLS    four runs over the same clips
    python killed_runs.py writing FOLDER                one run that writes until its input ends

It starts no second interpreter, so that hundreds of runs take a second.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from vidclf.errors import OutputBusyError, OutputExistsError
from vidclf.files.staging import Staging

CHANGES = ("open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")
"""Events of Python before whatever changes a disk."""
OLD_NAMES = ("a.mp4", "a.csv", "a_manifest.json")
NEW_NAMES = ("a.mp4", "a.gif", "a.csv", "a_manifest.json")


def run(*arguments: object) -> None:
    """Run this program to its end."""
    subprocess.run([sys.executable, __file__, *map(str, arguments)], check=True)


def killed_run(folder: Path) -> list[str]:
    """A run that is killed while it writes; the names of what it leaves."""
    with writing_run(folder) as process:
        process.kill()
    return sorted(path.name for path in folder.iterdir())


def writing_run(folder: Path) -> subprocess.Popen[bytes]:
    """A run that has begun to write."""
    process = subprocess.Popen(
        [sys.executable, __file__, "writing", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def write(folder: Path, names: tuple[str, ...], *, text: str, overwrite: bool) -> None:
    """One run over a clip."""
    with Staging(overwrite=overwrite, record=folder / "a_manifest.json") as staging:
        for name in names:
            staging.add(folder / name).write_text(text, encoding="utf-8")


def _at_each_step(root: Path, has_old: bool) -> None:
    for number in count(1):
        folder = root / str(number)
        folder.mkdir()
        for name in OLD_NAMES if has_old else ():
            (folder / name).write_text("old", encoding="utf-8")
        made = folder if has_old else folder / "new"
        if not _killed_at(number, lambda where=made: _write_new(where)):
            return


def _write_new(folder: Path) -> None:
    write(folder, NEW_NAMES, text="new", overwrite=True)


def _killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do the work in a child that is killed before its Nth change; whether it came to that."""
    if child := os.fork():
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    changes = count(1)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES and next(changes) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(audit)
    work()
    os._exit(0)


def _at_once(folder: Path, clips: int, kills: int) -> None:
    children = {_forked(folder, clips) for _ in range(4)}
    for _ in range(kills):
        time.sleep(random.random() * 0.02)
        child = random.choice(sorted(children))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        children = {*(children - {child}), _forked(folder, clips)}
    for child in children:
        os.waitpid(child, 0)


def _forked(folder: Path, clips: int) -> int:
    if child := os.fork():
        return child
    for clip in range(clips):
        _make(folder / "out" / str(clip % 3), clip, log=folder / "log")
    os._exit(0)


def _make(folder: Path, clip: int, *, log: Path) -> None:
    names = [folder / f"{clip}{ending}" for ending in (".mp4", ".csv", ".json")]

    def is_broken() -> bool:
        return not all(name.exists() for name in names)

    with suppress(OutputBusyError, OutputExistsError):
        with Staging(overwrite=is_broken, record=names[-1]) as staging:
            for name in names:
                staging.add(name).write_text(str(os.getpid()), encoding="utf-8")
        with log.open("a", encoding="utf-8") as lines:
            lines.write(f"{clip}\n")


def _writing(folder: Path) -> None:
    with Staging(overwrite=True, record=folder / "a_manifest.json") as staging:
        for name in NEW_NAMES:
            staging.add(folder / name).write_text("half", encoding="utf-8")
        sys.stdout.write("it writes\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    what, place, *others = sys.argv[1:]
    if what == "at_each_step":
        _at_each_step(Path(place), others == ["old"])
    elif what == "at_once":
        _at_once(Path(place), *map(int, others))
    else:
        _writing(Path(place))
