"""`vidclf segments TABLE...`: when each label holds."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import complain, say
from vidclf.cli.options import add_output, command
from vidclf.core.counting import counted
from vidclf.errors import UsageError
from vidclf.segments.formats import FORMATS

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf segments outputs/dog_predictions.csv --min-duration 0.5 --merge-gap 0.2 --overwrite
  vidclf segments outputs/dog_predictions.csv --format srt --format eaf
  vidclf segments outputs/dog_predictions.csv --threshold 0.4 --threshold dog=0.7 -o dog.vtt
  vidclf segments outputs/ --format audacity -o labels/
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(commands, "segments", "TABLE...", "say when each label holds", _EXAMPLES)
    parser.add_argument(
        "tables",
        nargs="+",
        metavar="TABLE",
        help="a …_predictions.csv or .parquet, or a folder of them",
    )
    group = parser.add_argument_group("what counts as a segment")
    group.add_argument(
        "--min-duration", type=float, default=0.0, metavar="SECONDS", help="drop shorter segments"
    )
    group.add_argument(
        "--merge-gap",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="first join segments of one label that are no further apart than this",
    )
    group.add_argument(
        "--threshold",
        dest="thresholds",
        action="append",
        default=[],
        metavar="T | LABEL=T",
        help="score from which labels hold, or this one; again for each label (default: the "
        "table's own)",
    )
    add_output(parser, "a folder, or a file whose suffix names its format (default: by the table)")
    parser.add_argument(
        "--format",
        dest="formats",
        action="append",
        choices=list(FORMATS),
        help="again for each format: a table, subtitles (SubRip, WebVTT), ELAN, Audacity's labels, "
        "YouTube's chapters, JSON (default: csv)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Find the segments of each table and write them."""
    from vidclf.api import write_all_segments

    threshold, thresholds = _thresholds(arguments.thresholds)
    batch = write_all_segments(
        arguments.tables,
        arguments.output,
        formats=arguments.formats,
        min_duration=arguments.min_duration,
        merge_gap=arguments.merge_gap,
        threshold=threshold,
        thresholds=thresholds,
        overwrite=arguments.overwrite,
    )
    for written in batch.done:
        files = ", ".join(map(str, written.paths))
        say(arguments, f"{written.video}: {counted(written.count, 'segment')} → {files}")
    errors = [error for _, error in batch.failed]
    if errors and len(batch.done) + len(errors) == 1:
        raise errors[0]
    for error in errors:
        complain(f"error: {error}")
    return 1 if errors else 0


def _thresholds(texts: list[str]) -> tuple[float | None, dict[str, float]]:
    """`0.4` and `dog=0.7` → the score for all labels, and those of single ones."""
    threshold, thresholds = None, {}
    for text in texts:
        label, mark, number = text.rpartition("=")
        try:
            score = float(number)
        except ValueError:
            raise UsageError(f"--threshold {text}: give a score, or LABEL=SCORE") from None
        if mark:
            thresholds[label] = score
        else:
            threshold = score
    return threshold, thresholds
