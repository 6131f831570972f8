"""Live runs in processes of their own, which are fed through a pipe and get signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path


class LiveRun:
    """`vidclf annotate -` under way: its sender has sent a clip, and goes on being there.

    The model is the built-in one, which starts in the least time.

    Args:
        clip: what is sent.
        folder: where its outputs go.
        options: more of the command line.
    """

    def __init__(self, clip: Path, folder: Path, *, options: tuple[str, ...] = ()) -> None:
        command = [sys.executable, "-m", "vidclf", "annotate", "-", "-o", str(folder)]
        self.folder = folder
        self._process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._feed, args=(clip.read_bytes(),), daemon=True).start()

    def wait_for_rows(self, count: int) -> None:
        """Wait until so many rows are in the hidden table."""
        while self.rows() < count:
            assert self._process.poll() is None, self._process.communicate()[0]
            time.sleep(0.05)

    def rows(self) -> int:
        """Rows in the hidden table by now."""
        found = list(self.folder.glob(".*.live.csv"))
        return max(0, found[0].read_bytes().count(b"\n") - 1) if found else 0

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal, and wait for the end: the exit code, and what was printed."""
        self._process.send_signal(number)
        printed, _ = self._process.communicate()
        return self._process.returncode, printed

    def _feed(self, data: bytes) -> None:
        assert self._process.stdin is not None
        descriptor = self._process.stdin.fileno()
        while data:
            data = data[os.write(descriptor, data) :]
