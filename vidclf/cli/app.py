"""The command: arguments → a command of the table → exit code. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from vidclf.cli.commands import COMMANDS, load_command
from vidclf.cli.messages import LogFormatter, complain, on_terminal
from vidclf.cli.parser import parse
from vidclf.cli.remote_options import access_of
from vidclf.cli.standard_streams import LastingFile, lasting_streams
from vidclf.core.held_signals import STOPPING
from vidclf.core.unexpected import unexpected
from vidclf.errors import VidclfError
from vidclf.remote.access import use_access

INTERRUPTED = 130
_NOBODY_READS = (errno.EPIPE, errno.EIO)
"""A reader that left, a terminal that went away."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 all done, 1 some failed, 2 usage, 130 stopped."""
    with lasting_streams() as output:
        exit_code = _run(sys.argv[1:] if argv is None else argv)
        if exit_code and _folder_is_gone():
            complain("error: the folder that you are in was removed: go to another one (cd)")
        return exit_code or _check_printed(output)


def _run(argv: Sequence[str]) -> int:
    _set_up_signals()
    try:
        named = argv[:1] if argv and argv[0] in COMMANDS else COMMANDS
        commands = {name: load_command(name) for name in named}
        arguments = parse(argv, commands)
        _set_up_logging(arguments)
        use_access(access_of(arguments))
        return commands[arguments.command].run(arguments)
    except VidclfError as exc:
        complain(f"error: {exc}")
        return exc.exit_code
    except KeyboardInterrupt as exc:
        complain(str(exc) or "interrupted: unfinished outputs are removed")
        return INTERRUPTED
    except Exception as exc:  # a bug, or what a library raises for a file that nobody tried
        if not _folder_is_gone():  # of which is told anyway
            complain(f"error: {unexpected(exc)}")
        return 1


def _check_printed(output: LastingFile | None) -> int:
    """Tell of a full disk behind standard output; a reader that left (`| head`) had enough."""
    if output is None:
        return 0
    sys.stdout.flush()
    if output.failure is None or output.failure.errno in _NOBODY_READS:
        return 0
    complain(f"error: cannot print ({output.failure.strerror})")
    return 1


def _folder_is_gone() -> bool:
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        return True
    return False


def _set_up_logging(arguments: argparse.Namespace) -> None:
    level = logging.INFO if getattr(arguments, "verbose", False) else logging.WARNING
    if getattr(arguments, "quiet", False):
        level = logging.ERROR
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter("vidclf: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("vidclf").setLevel(level)
    logging.getLogger("PIL").setLevel(logging.CRITICAL)  # what it logs, its errors tell
    if level == logging.WARNING and on_terminal():
        runtimes = logging.getLogger("vidclf.inference.runtimes")
        runtimes.setLevel(logging.INFO)  # why the first run waits


def _set_up_signals() -> None:
    """Have requests to stop interrupt the run; a hangup only where nohup does not ignore it."""
    stop = _Stop()
    for number in STOPPING:
        if number in (signal.SIGINT, signal.SIGTERM) or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)


class _Stop:
    """Interrupts once: a second signal must not disturb the cleaning up."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        if not self._begun:
            self._begun = True
            raise KeyboardInterrupt
