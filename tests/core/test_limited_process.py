"""A child process does what it is asked for, within its limits, and takes nobody with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from vidclf.core.limited_process import StoppedError, run_limited
from vidclf.errors import UsageError

GIB = 2**30


def run(function: str, *arguments: Any, seconds: float = 30) -> Any:
    return run_limited(function, *arguments, memory_bytes=GIB, seconds=seconds)


def test_the_result_comes_back() -> None:
    assert run("os.path:split", "/a/b") == ["/a", "b"]


def test_it_is_another_process() -> None:
    assert run("os:getpid") != os.getpid()


def test_an_error_of_ours_is_raised_with_its_text() -> None:
    with pytest.raises(UsageError, match="wide"):
        run("vidclf.core.preprocessing:parse_size", "wide")


def test_a_crash_is_told() -> None:
    with pytest.raises(StoppedError) as caught:
        run("os:abort")
    assert caught.value.reason == "crash"


def test_an_error_of_a_library_is_a_crash() -> None:
    with pytest.raises(StoppedError, match="ZeroDivisionError") as caught:
        run("operator:truediv", 1, 0)
    assert caught.value.reason == "crash"


@pytest.mark.skipif(sys.platform != "linux", reason="no limit on memory there")
def test_memory_has_a_limit() -> None:
    with pytest.raises(StoppedError) as caught:
        run("builtins:bytearray", 2 * GIB)
    assert caught.value.reason == "memory"


def test_waiting_has_a_limit() -> None:
    with pytest.raises(StoppedError) as caught:
        run("time:sleep", 600, seconds=0.3)
    assert caught.value.reason == "time"


def test_what_it_prints_does_not_get_in_the_way(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("builtins:print", "chatter") is None
    assert capfd.readouterr() == ("", "")


def test_standard_input_is_not_its_own() -> None:
    with pytest.raises(StoppedError, match="EOFError"):
        run("builtins:input")


def test_files_in_the_working_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("os:getcwd") == str(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the child in /proc")
def test_it_ends_with_its_parent_s_interruption() -> None:
    word = f"{10**6 + os.getpid()}"  # seconds that no other child sleeps
    code = (
        "from vidclf.core.limited_process import run_limited\n"
        "print('on', flush=True)\n"
        f"run_limited('time:sleep', {word}, memory_bytes=2**30, seconds=9999)\n"
    )
    command = [sys.executable, "-c", code]
    parent = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    with parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        while not children_with(word):
            time.sleep(0.05)
        parent.send_signal(signal.SIGINT)
    assert has_ended(word)


def has_ended(word: str) -> bool:
    """Whether the child ends; the system may need a moment for it."""
    for _ in range(100):
        if not children_with(word):
            return True
        time.sleep(0.1)
    return False


def children_with(word: str) -> list[str]:
    """Command lines of the child that hold a word; the parent's own has it in Python code."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_text())
        except OSError:
            continue
    return [line for line in lines if word in line and "limited_child" in line]
