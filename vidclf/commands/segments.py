"""`vidclf segments TABLE`: when each label holds."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.arguments import command
from vidclf.commands.common import add_output, say

if TYPE_CHECKING:
    from vidclf.arguments import Commands

_EXAMPLES = """\
examples:
  vidclf segments outputs/dog_predictions.csv --min-duration 0.5 --overwrite
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(commands, "segments", "TABLE", "say when each label holds", _EXAMPLES)
    parser.add_argument("table", metavar="TABLE", help="a …_predictions.csv or .parquet")
    add_output(parser, "a folder or a .csv file (default: beside the table)")


def run(arguments: argparse.Namespace) -> int:
    """Find the segments and write them."""
    from pathlib import Path

    from vidclf.naming import output_path
    from vidclf.segments import write_csv
    from vidclf.segments.from_table import find_segments
    from vidclf.sinks.staging import Staging
    from vidclf.table.opened import open_table

    table = open_table(Path(arguments.table))
    path = output_path(table.stem, arguments.output, ending="_segments.csv", kinds=[".csv"])
    segments = find_segments(table)
    with Staging(overwrite=arguments.overwrite) as staging:
        write_csv(staging.add(path), segments, video=table.video)
    say(arguments, f"{table.video}: {len(segments)} segments → {path}")
    return 0
