"""`vidclf report TABLE... [CLIP]`: a page with the clip beside a timeline of its labels."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import say
from vidclf.cli.options import add_output, command

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf report outputs/dog_predictions.csv           the annotated video beside its timeline
  vidclf report outputs/dog_predictions.csv dog.mp4   the same with the clip as it was
  vidclf report outputs/ -o report.html               all tables of a folder on one page
  vidclf report outputs/dog_predictions.csv --embed   a page that can be sent alone
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "report",
        "TABLE... [CLIP]",
        "write a page with the clip beside a timeline of its labels",
        _EXAMPLES,
    )
    parser.add_argument(
        "paths", nargs="+", metavar="TABLE",
        help="…_predictions.csv or .parquet files, or folders of them; and with a single table the "
        "video to play (default: the annotated one, else the one it was made from)",
    )  # fmt: skip
    group = parser.add_argument_group("what counts as a segment")
    group.add_argument(
        "--min-duration", type=float, default=0.0, metavar="SECONDS", help="drop shorter segments"
    )
    group.add_argument(
        "--merge-gap", type=float, default=0.0, metavar="SECONDS",
        help="first join segments of one label that are no further apart than this",
    )  # fmt: skip
    parser.add_argument(
        "--embed", action="store_true", help="put the clip into the page, which then goes alone"
    )
    add_output(parser, "a folder or an .html file (default: beside the table)")


def run(arguments: argparse.Namespace) -> int:
    """Write the page."""
    from vidclf.api import write_report

    path = write_report(
        arguments.paths,
        output=arguments.output,
        embed=arguments.embed,
        min_duration=arguments.min_duration,
        merge_gap=arguments.merge_gap,
        overwrite=arguments.overwrite,
    )
    say(arguments, f"{path}: open it in a browser")
    return 0
