"""`vidclf smooth TABLE`: other smoothing of what is stored, without the model."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import say
from vidclf.cli.options import add_output, command
from vidclf.core.counting import counted

if TYPE_CHECKING:
    from vidclf.api import SmoothingSummary
    from vidclf.cli.options import Commands

_METHODS = ("mean", "exponential", "majority", "hysteresis", "min-duration")
_EXAMPLES = """\
examples:
  vidclf smooth dog_predictions.csv --method majority --window 1
  vidclf smooth dog_predictions.csv --method hysteresis --enter 0.6 --leave 0.3
  vidclf smooth dog_predictions.csv --method min-duration --min-duration 0.5
  vidclf smooth dog_predictions.csv --method mean --window 2 --min-duration 1

mean and exponential need the scores of all classes: predict with --scores --smooth 0.
docs/smooth.md has the formulas.
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(commands, "smooth", "TABLE", "smooth a table in another way", _EXAMPLES)
    parser.add_argument("table", metavar="TABLE", help="a …_predictions.csv or .parquet")
    group = parser.add_argument_group("smoothing")
    group.add_argument("--method", choices=_METHODS, required=True, help="how")
    group.add_argument(
        "--window", type=float, metavar="SECONDS", help="of mean and majority: the whole width"
    )
    group.add_argument(
        "--half-life", type=float, metavar="SECONDS",
        help="of exponential: after this time a score counts half",
    )  # fmt: skip
    group.add_argument(
        "--enter", type=float, metavar="SCORE", help="of hysteresis: a label takes over from it on"
    )
    group.add_argument(
        "--leave", type=float, metavar="SCORE", help="of hysteresis: a label gives way below it"
    )
    group.add_argument(
        "--min-duration", type=float, metavar="SECONDS",
        help="no label is shown for a shorter time; after any method, or alone",
    )  # fmt: skip
    add_output(parser, "a folder or a .csv file (default: beside the table)")


def run(arguments: argparse.Namespace) -> int:
    """Smooth the table and write the new one."""
    from vidclf.api import write_smoothed

    summary = write_smoothed(
        arguments.table,
        arguments.output,
        method=arguments.method,
        window=arguments.window,
        half_life=arguments.half_life,
        enter=arguments.enter,
        leave=arguments.leave,
        min_duration=arguments.min_duration,
        overwrite=arguments.overwrite,
    )
    say(arguments, f"{summary.video}: {_effect(summary)} → {summary.outputs['table']}")
    return 0


def _effect(summary: SmoothingSummary) -> str:
    """What smoothing did, in numbers."""
    if summary.segments_before is None:
        return f"{counted(summary.values, 'value')} of {counted(summary.frames, 'frame')}"
    return f"{counted(summary.segments_before, 'segment')} before, {summary.segments_after} after"
