"""`vidclf join TABLE... -o OUTPUT`: many tables as one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import complain, on_terminal, say
from vidclf.cli.options import add_output, command
from vidclf.errors import UnreadableTablesError

if TYPE_CHECKING:
    from vidclf.api import JoinSummary
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf join results/ -o all.parquet       every table in a folder and below it
  vidclf join results/ -o joined/           parts of about a million rows each
  vidclf join day_1/ day_2/ -o days.csv
  vidclf join 'results/*_smoothed_predictions.csv' -o smoothed.parquet
"""
_MOST_TOLD = 20


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(commands, "join", "TABLE... -o OUTPUT", "make one table of many", _EXAMPLES)
    parser.add_argument(
        "tables",
        nargs="+",
        metavar="TABLE",
        help="…_predictions.csv or .parquet files, or folders of them",
    )
    add_output(
        parser,
        "a .parquet or .csv file, or a folder for parts (ends in / where it is new)",
        is_needed=True,
    )


def run(arguments: argparse.Namespace) -> int:
    """Join the tables; of those that cannot be read, each is told."""
    from vidclf.api import join_tables
    from vidclf.cli.progress import TableBar

    try:
        with TableBar(shown=not arguments.quiet and on_terminal()) as bar:
            joined = join_tables(
                arguments.tables,
                arguments.output,
                overwrite=arguments.overwrite,
                on_table=bar.table,
            )
    except UnreadableTablesError as exc:
        for error in exc.errors[:_MOST_TOLD]:
            complain(str(error))
        if more := len(exc.errors[_MOST_TOLD:]):
            complain(f"… and {more:,} more")
        raise
    say(arguments, _told(joined))
    if arguments.verbose:
        say(arguments, f"  {_counted(joined.clips, 'clip')}; columns: {', '.join(joined.columns)}")
    return 0


def _told(joined: JoinSummary) -> str:
    parts = f"/ ({_counted(len(joined.files), 'part')})" if joined.is_folder else ""
    tables, rows = _counted(joined.tables, "table"), _counted(joined.rows, "row")
    return f"{tables}, {rows} → {str(joined.output).rstrip('/')}{parts}"


def _counted(number: int, noun: str) -> str:
    """`12,345 rows`, as there may be very many."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
