"""The command: arguments → a command of the table → exit code. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from types import FrameType

from vidclf._version import __version__
from vidclf.cli.commands import COMMANDS, Command, load_command
from vidclf.cli.messages import complain, on_terminal
from vidclf.core.held_signals import STOPPING
from vidclf.errors import VidclfError

INTERRUPTED = 130
_EXAMPLES = """\
examples:
  vidclf annotate clip.mp4 --gif   annotated MP4, GIF, per-frame CSV in outputs/
  vidclf predict footage/          the tables of every video in a folder
  vidclf inspect clip.mp4          what is known of a clip
  vidclf report outputs/clip_predictions.csv
                                   a page with the clip beside a timeline of its labels

vidclf COMMAND --help tells all of a command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 all done, 1 some failed, 2 usage, 130 stopped."""
    _make_output_forgiving()
    commands = {name: load_command(name) for name in COMMANDS}
    parser = _build_parser(commands.values())
    argv = sys.argv[1:] if argv is None else argv
    arguments = parser.parse_args(join_negative_values(argv), argparse.Namespace(argv=argv))
    _set_up_logging(arguments)
    stop = _Stop()
    for number in STOPPING:
        if number in (signal.SIGINT, signal.SIGTERM) or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)  # nohup has SIGHUP ignored
    try:
        exit_code = commands[arguments.command].run(arguments)
        sys.stdout.flush()
    except VidclfError as exc:
        complain(f"error: {exc}")
        return exc.exit_code
    except KeyboardInterrupt:
        complain("interrupted: unfinished outputs are removed")
        return INTERRUPTED
    except BrokenPipeError:
        _stop_printing()
        return INTERRUPTED
    except OSError as exc:  # of files, vidclf's own errors tell; this is standard output
        _stop_printing()
        complain(f"error: cannot print ({exc.strerror})")
        return 1
    return exit_code


def _build_parser(commands: Iterable[Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vidclf",
        description="Run a trained Keras classifier over every frame of your videos.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vidclf {__version__}")
    parsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands:
        command.add(parsers)
    return parser


def join_negative_values(argv: Sequence[str]) -> list[str]:
    """Let `--preprocess -1-1` through, whose value looks like an option to argparse.

    >>> join_negative_values(["--preprocess", "-1-1"])
    ['--preprocess=-1-1']
    """
    joined: list[str] = []
    for argument in argv:
        if joined and joined[-1] == "--preprocess" and not argument.startswith("--"):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _make_output_forgiving() -> None:
    """Print what a terminal's encoding lacks as "?" instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _stop_printing() -> None:
    """Nobody takes our output any more; Python would complain of it once more on leaving."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _set_up_logging(arguments: argparse.Namespace) -> None:
    level = logging.INFO if getattr(arguments, "verbose", False) else logging.WARNING
    if getattr(arguments, "quiet", False):
        level = logging.ERROR
    logging.basicConfig(level=logging.WARNING, format="vidclf: %(message)s")
    logging.getLogger("vidclf").setLevel(level)
    if level == logging.WARNING and on_terminal():
        runtimes = logging.getLogger("vidclf.inference.runtimes")
        runtimes.setLevel(logging.INFO)  # why the first run waits


class _Stop:
    """Interrupts once: a second signal must not disturb the cleaning up."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        if not self._begun:
            self._begun = True
            raise KeyboardInterrupt
