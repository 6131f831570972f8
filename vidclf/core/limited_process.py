"""Run a function of vidclf in a child process that may take only so much memory and time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from vidclf import errors

_PACKAGE_FOLDER = Path(__file__).parents[2]
_WALL_SHARE = 10
"""How many times its processor seconds a child may take on the clock: disks and others are slow."""
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Libraries reserve memory for each thread, which would count."""
Reason = Literal["memory", "time", "crash"]


class StoppedError(Exception):
    """The child reached a limit, or crashed."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail


def run_limited(function: str, *arguments: Any, memory_bytes: int, seconds: float) -> Any:
    """Call a function in a child process, and return what it returns.

    The child takes nothing from standard input, and what it says on standard error is dropped. It
    ends with its parent's interruption. Where the system knows no limit on memory (macOS, Windows)
    that on time remains.

    Args:
        function: module and name, such as `package.module:name`.
        arguments: plain values that JSON can hold, as must be the result.
        memory_bytes: the most memory that it may have, beyond code and files that it maps.
        seconds: of processor time; on the clock it may take some times as much.

    Raises:
        StoppedError: the child reached a limit, or crashed.
        VidclfError: what the function raised.
        RuntimeUnavailableError: no process can be started.
    """
    request = {
        "function": function,
        "arguments": arguments,
        "parent": os.getpid(),
        "memory_bytes": memory_bytes,
        "cpu_seconds": max(1, round(seconds)),
    }
    command = [sys.executable, "-P", "-m", "vidclf.core.limited_child", json.dumps(request)]
    try:
        done = subprocess.run(
            command, env=_environment(), timeout=seconds * _WALL_SHARE, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as exc:
        raise StoppedError("time", f"{exc.timeout:.0f} s") from exc
    except OSError as exc:
        raise errors.RuntimeUnavailableError(
            f"cannot start {sys.executable or 'Python'} to look at a model ({exc}): set "
            "sys.executable to this Python's own program"
        ) from exc
    return _answer(done, seconds)


def _environment() -> dict[str, str]:
    """Have the child find vidclf where this process has it, whatever its working folder."""
    paths = [str(_PACKAGE_FOLDER), os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(path for path in paths if path)
    return {**os.environ, **dict.fromkeys(_ONE_THREAD, "1"), "PYTHONPATH": path}


def _answer(done: subprocess.CompletedProcess[bytes], seconds: float) -> Any:
    """Return the child's result, or raise what ended it."""
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise _why_stopped(done.returncode, seconds) from None
    if "error" in answer:
        raise getattr(errors, answer["error"])(answer["message"])
    if "stopped" in answer:
        raise StoppedError(answer["stopped"], answer["detail"])
    return answer["result"]


def _why_stopped(returncode: int, seconds: float) -> StoppedError:
    if os.name == "posix" and returncode < 0:
        number = -returncode
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return StoppedError("time", f"{seconds:.0f} s")
        return StoppedError("crash", signal.Signals(number).name)
    return StoppedError("crash", f"exit code {returncode}")
