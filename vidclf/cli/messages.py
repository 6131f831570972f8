"""What the commands print: what was done on standard output, what failed on standard error.

All of it passes here, and so cannot command the terminal: names of clips and labels are anybody's.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys

from vidclf.core.printable import printable, printable_json, printable_lines


def say(arguments: argparse.Namespace, text: str) -> None:
    """Print a line on what was done, unless that was not wanted."""
    if not arguments.quiet:
        print(printable(text))


def show(text: str) -> None:
    """Print the lines that were asked for."""
    print(printable_lines(text))


def show_json(text: str) -> None:
    """Print a JSON document that was asked for."""
    print(printable_json(text))


def complain(text: str, *lines: str) -> None:
    """Print what failed, in one line, and what belongs to it in others.

    Nowhere to print it (`2>&-`) is no failure of its own.
    """
    if sys.stderr is not None:
        print("vidclf:", printable(text), file=sys.stderr)
        for line in lines:
            print(printable_lines(line), file=sys.stderr)


def prompt(text: str) -> None:
    """Ask for a line on standard error, as standard output may go elsewhere."""
    print(printable(text), end="", file=sys.stderr, flush=True)


def end_line() -> None:
    """End the line of a question that nobody answered."""
    print(file=sys.stderr)


class LogFormatter(logging.Formatter):
    """Formats warnings as `complain` does."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line itself."""
        return printable(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802
        """The traceback that belongs to it."""
        return printable_lines(super().formatException(ei))  # type: ignore[arg-type]


def on_terminal() -> bool:
    """Whether somebody watches standard error; it is None where it was closed (`2>&-`)."""
    return sys.stderr is not None and sys.stderr.isatty()


def terminal_width() -> int | None:
    """Characters across the terminal of standard error; None where it does not tell."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or None
    except (OSError, ValueError):  # no terminal, or one that is closed
        return None
