"""What the commands that start from a table share."""

from __future__ import annotations

import argparse

from vidclf.cli.options import add_talk


def add_output(parser: argparse.ArgumentParser, what: str) -> None:
    """Add where the outputs go, and how much is said."""
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="DIR_OR_FILE", help=what)
    group.add_argument(
        "--overwrite", action="store_true", help="replace outputs that are there already"
    )
    add_talk(parser)


def counted(segments: int) -> str:
    """`1 segment`, `2 segments`."""
    return f"{segments} segment{'' if segments == 1 else 's'}"


def say(arguments: argparse.Namespace, text: str) -> None:
    """Print what was done, unless that was not wanted."""
    if not arguments.quiet:
        print(text)
