"""What the commands print: what was done on standard output, what failed on standard error."""

from __future__ import annotations

import argparse
import os
import sys


def say(arguments: argparse.Namespace, text: str) -> None:
    """Print what was done, unless that was not wanted."""
    if not arguments.quiet:
        print(text)


def complain(text: str) -> None:
    """Print what failed; nowhere to print it (`2>&-`) is no failure of its own."""
    if sys.stderr is not None:
        print(f"vidclf: {text}", file=sys.stderr)


def on_terminal() -> bool:
    """Whether somebody watches standard error; it is None where it was closed (`2>&-`)."""
    return sys.stderr is not None and sys.stderr.isatty()


def terminal_width() -> int | None:
    """Characters across the terminal of standard error; None where it does not tell."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or None
    except (OSError, ValueError):  # no terminal, or one that is closed
        return None


def counted(segments: int) -> str:
    """`1 segment`, `2 segments`."""
    return f"{segments} segment{'' if segments == 1 else 's'}"
