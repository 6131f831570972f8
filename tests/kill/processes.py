"""The real program as a process of its own, and all processes that come of it.

What a run starts inherits a mark in its environment, by which it is found in /proc, also when its
parent is dead. Needs Linux.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2]
_MARK = "VIDCLF_KILL_MARK"
_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 300.0
"""Only against waiting for ever."""
_GONE_SECONDS = 30.0
"""What processes may take to see that their run is dead: a second, on a machine that is free."""


class Program:
    """`vidclf` in a folder.

    Args:
        words: its arguments.
        folder: where it runs; what it says goes to files beside that.
        cache: its folder for converted models.
        name: tells it from others of the same case.
        terminal: a terminal that it is to have, by its descriptor.
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        folder: Path,
        cache: Path,
        name: str = "run",
        terminal: int | None = None,
    ) -> None:
        self.mark = secrets.token_hex(8)
        self._talk = [folder.with_name(f"{folder.name}.{name}.{end}") for end in ("out", "err")]
        environment = os.environ | {
            "PYTHONPATH": str(_REPOSITORY),
            "VIDCLF_CACHE": str(cache),
            _MARK: self.mark,
        }
        with self._talk[0].open("wb") as out, self._talk[1].open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "vidclf", *words],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=out,
                stderr=err if terminal is None else terminal,
                start_new_session=True,
                preexec_fn=None if terminal is None else _take_terminal,
            )

    @property
    def out(self) -> str:
        """Standard output so far."""
        return self._talk[0].read_text("utf-8", "replace")

    @property
    def err(self) -> str:
        """Standard error so far."""
        return self._talk[1].read_text("utf-8", "replace")

    @property
    def has_ended(self) -> bool:
        """Whether the run itself, not all of its processes, has ended."""
        return self.process.poll() is not None

    def wait(self) -> int:
        """Its exit code, once it has ended; one that hangs is killed with all that it started."""
        try:
            return self.process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.signal_group(signal.SIGKILL)
            return self.process.wait()

    def signal(self, number: int) -> None:
        """Send the run itself a signal, if it still runs."""
        self.process.send_signal(number)

    def signal_group(self, number: int) -> None:
        """Send a signal to all processes of its session, as a terminal does."""
        if not self.has_ended:
            os.killpg(self.process.pid, number)

    def workers(self) -> list[int]:
        """Its worker processes, by their ids."""
        return [
            pid
            for pid in self.family()
            if b"spawn_main" in _read(pid, "cmdline") and _parent(pid) == self.process.pid
        ]

    def family(self) -> list[int]:
        """All processes that came of it and live, but for itself."""
        mark = f"{_MARK}={self.mark}".encode()
        return [
            pid
            for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*"))
            if pid != self.process.pid and mark in _read(pid, "environ").split(b"\0")
        ]

    def left_over(self) -> list[str]:
        """Command lines of processes that stay when the run is gone; they are ended then."""
        deadline = time.monotonic() + _GONE_SECONDS
        while (left := self.family()) and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        lines = [_read(pid, "cmdline").replace(b"\0", b" ").decode()[:200] for pid in left]
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return lines


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it has ended, or is another user's
        return b""


def _parent(pid: int) -> int:
    state = _read(pid, "stat").rpartition(b")")[2].split()
    return int(state[1]) if len(state) > 1 else 0


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
