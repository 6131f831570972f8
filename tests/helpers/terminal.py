"""The real command on a pseudo-terminal, with somebody who types."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

CTRL_C, CTRL_D = "\x03", "\x04"
PATIENCE_SECONDS = 1.0


def run_on_terminal(
    arguments: Sequence[str], *, typed: Sequence[tuple[str, str]], folder: Path
) -> tuple[int, str]:
    """Run `vidclf` in a folder with a terminal as standard input and error.

    Args:
        arguments: of the command.
        typed: pairs: once the terminal shows the first text, the second is typed; Ctrl-C, which is
            the last, until the command ends.
        folder: the working folder.

    Returns:
        The exit code, and all that the terminal showed.
    """
    watcher, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "vidclf", *arguments],
        stdin=terminal,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        cwd=folder,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(terminal)
    shown = ""
    try:
        for prompt, answer in typed:
            seen = len(shown)
            while prompt not in shown[seen:] and (more := _read(watcher)):
                shown += more
            os.write(watcher, answer.encode())
            if answer == CTRL_C:
                _press_until_it_ends(watcher, process)
        while more := _read(watcher):
            shown += more
    finally:
        os.close(watcher)  # hangs up on a command that is still there
    return process.wait(), shown


def _take_terminal() -> None:
    """Let Ctrl-C on the terminal reach the command."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _press_until_it_ends(watcher: int, process: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C again when nothing comes of it, as people do.

    A signal between the last look of Python and the system's call that waits for a line is noticed
    when that call ends, and so at the next key.
    """
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
            return
        with suppress(OSError):  # EIO: it has just ended
            os.write(watcher, CTRL_C.encode())


def _read(watcher: int) -> str:
    """What the terminal shows next; "" once the command is gone."""
    try:
        return os.read(watcher, 4096).decode(errors="replace")
    except OSError:  # EIO: nobody has the terminal open any more
        return ""
