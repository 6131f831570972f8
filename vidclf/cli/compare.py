"""`vidclf compare TABLE_A TABLE_B`: how far two runs on one clip agree."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import show
from vidclf.cli.options import add_output, command

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf compare small/dog_predictions.csv large/dog_predictions.csv
  vidclf compare small/dog_predictions.csv large/dog_predictions.csv -o compared.html
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
    add_output(parser, "write a page, too, with the clip and both runs: a folder or an .html file")


def run(arguments: argparse.Namespace) -> int:
    """Compare the tables, print what was found, and write a page if one is wanted."""
    from vidclf.api import compare_tables, write_comparison

    a, b = arguments.table_a, arguments.table_b
    if arguments.output is None:
        told = compare_tables(a, b).as_text()
    else:
        page = write_comparison(a, b, output=arguments.output, overwrite=arguments.overwrite)
        told = f"{page.comparison.as_text()}\n\n{page.path}: open it in a browser"
    if not arguments.quiet:
        show(told)
    return 0
