"""`vidclf plot TABLE`: a figure for a paper."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import say
from vidclf.cli.options import add_output, command

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf plot outputs/dog_predictions.csv                 dog_plot.png beside the table
  vidclf plot outputs/dog_predictions.csv -o figure1.pdf  fonts inside, one column wide
  vidclf plot outputs/dog_predictions.csv -o figure1.svg --labels sit stand walk
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands, "plot", "TABLE", "draw when each label holds, or values, for a paper", _EXAMPLES
    )
    parser.add_argument("table", metavar="TABLE", help="a …_predictions.csv or .parquet")
    parser.add_argument(
        "--labels", nargs="+", metavar="LABEL",
        help="those that get a lane, or values that get a curve, from top to bottom (default: all "
        "values, or the 12 labels with the most time); other labels share a lane; goes after TABLE",
    )  # fmt: skip
    add_output(parser, "a .png, .svg or .pdf, or a folder (default: a .png beside the table)")


def run(arguments: argparse.Namespace) -> int:
    """Draw the figure."""
    from vidclf.api import plot_table

    path = plot_table(
        arguments.table,
        arguments.output,
        labels=arguments.labels,
        overwrite=arguments.overwrite,
    )
    say(arguments, f"{arguments.table} → {path}")
    return 0
