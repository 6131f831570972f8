"""What a killed run left is removed by the next one, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vidclf.files.run_lock import RunLock, remove_abandoned
from vidclf.files.staging import Staging

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's name of a boot")

_KILLED = """
import os, signal, sys
from pathlib import Path
from vidclf.files.staging import Staging
with Staging(overwrite=True) as staging:
    for name in ("a.mp4", "a.csv"):
        staging.add(Path(sys.argv[1]) / name).write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_run(folder: Path) -> list[str]:
    """A run that is killed while it writes; the names of what it leaves."""
    subprocess.run([sys.executable, "-c", _KILLED, str(folder)], check=False)
    return names(folder)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    assert len(killed_run(tmp_path)) == 3
    with Staging() as staging:
        staging.add(tmp_path / "b.csv").write_text("whole")
    assert names(tmp_path) == ["b.csv"]


def test_files_of_the_killed_run_that_are_whole_stay(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("from before")
    killed_run(tmp_path)
    remove_abandoned(tmp_path)
    assert names(tmp_path) == ["a.mp4"]


def test_a_run_that_still_writes_is_left_alone(tmp_path: Path) -> None:
    with Staging() as first:
        first.add(tmp_path / "a.csv").write_text("first")
        with Staging() as second:
            second.add(tmp_path / "b.csv").write_text("second")
    assert names(tmp_path) == ["a.csv", "b.csv"]


def test_files_with_such_names_that_no_killed_run_wrote_stay(tmp_path: Path) -> None:
    left = killed_run(tmp_path)
    others = [
        ".a.1f2e3d4c-0.part.mp4",  # of no run that is known here
        f"{next(name for name in left if name.endswith('.mp4'))}~",
        ".vidclf.lock",
        ".vidclf.1f2e3d4c.lock",
    ]
    for name in others:
        (tmp_path / name).write_text("mine")
    remove_abandoned(tmp_path)
    assert names(tmp_path) == sorted(others)


def test_what_another_machine_left_on_a_shared_disk_stays(tmp_path: Path) -> None:
    for name in killed_run(tmp_path):
        if name.endswith(".lock"):
            vidclf, token, machine, suffix = name[1:].split(".")
            other = f".{vidclf}.{token}.{machine[::-1]}.{suffix}"
            (tmp_path / name).rename(tmp_path / other)
    before = names(tmp_path)
    remove_abandoned(tmp_path)
    assert names(tmp_path) == before


def test_a_lock_that_is_given_back_leaves_nothing(tmp_path: Path) -> None:
    lock = RunLock.take(tmp_path)
    assert len(names(tmp_path)) == 1
    lock.release()
    assert names(tmp_path) == []


def test_a_pipe_under_a_locks_name_does_not_stop_the_run(tmp_path: Path) -> None:
    import os

    lock = RunLock.take(tmp_path)
    assert lock.path is not None
    lock.release()
    os.mkfifo(lock.path)
    remove_abandoned(tmp_path)
