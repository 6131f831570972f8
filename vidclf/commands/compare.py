"""`vidclf compare TABLE_A TABLE_B`: how far two runs on one clip agree."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.arguments import command

if TYPE_CHECKING:
    from vidclf.arguments import Commands

_EXAMPLES = """\
examples:
  vidclf compare small/dog_predictions.csv large/dog_predictions.csv
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "compare",
        "TABLE_A TABLE_B",
        "say how far two runs on one clip agree, and where they differ",
        _EXAMPLES,
    )
    parser.add_argument("table_a", metavar="TABLE_A", help="a …_predictions.csv or .parquet")
    parser.add_argument("table_b", metavar="TABLE_B", help="another one of the same clip")


def run(arguments: argparse.Namespace) -> int:
    """Compare the tables and print what was found."""
    from vidclf.comparing import as_text, compare_tables

    print(as_text(compare_tables(arguments.table_a, arguments.table_b)))
    return 0
