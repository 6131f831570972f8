"""What child processes of a run say when it is stopped."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from vidclf.batch.executors.children import stop_requests_kept_from_children

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")

_BLOCKED = "import signal; print(*map(int, signal.pthread_sigmask(signal.SIG_BLOCK, [])))"
_KILLED_WITH_A_LOCK = """
import multiprocessing, os, signal
from vidclf.batch.executors.children import start_resource_tracker

start_resource_tracker()
lock = multiprocessing.get_context("spawn").RLock()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_do_not_hear_ctrl_c_and_are_ended_by_the_run() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with stop_requests_kept_from_children():
        done = subprocess.run([sys.executable, "-c", _BLOCKED], capture_output=True, check=True)
    assert {int(number) for number in done.stdout.split()} == {signal.SIGINT, signal.SIGHUP}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


def test_nothing_is_said_of_the_locks_of_a_run_that_was_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_WITH_A_LOCK], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert done.stderr == b""
