"""`vidclf segments TABLE...`: when each label holds."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import complain, counted, say
from vidclf.cli.options import add_output, command
from vidclf.errors import UsageError, VidclfError
from vidclf.segments import SegmentRules
from vidclf.segments.formats import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

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
    from vidclf.segments.segments import write_table_segments

    rules = _rules(arguments)
    planned = _planned(arguments)
    failed = False
    for table, paths in planned.items():
        try:
            done = write_table_segments(table, paths, rules, overwrite=arguments.overwrite)
        except VidclfError as exc:
            if len(planned) == 1:
                raise
            complain(f"error: {exc}")
            failed = True
        else:
            files = ", ".join(map(str, done.paths))
            say(arguments, f"{done.video}: {counted(done.count)} → {files}")
    return 1 if failed else 0


def _planned(arguments: argparse.Namespace) -> dict[Path, dict[str, Path]]:
    """Each table and the files that are made of it."""
    from vidclf.files.names import is_folder
    from vidclf.segments.segments import segment_paths
    from vidclf.table.read import table_files

    tables = list(dict.fromkeys(f for t in arguments.tables for f in table_files(t)))
    if len(tables) > 1 and arguments.output and not is_folder(arguments.output):
        raise UsageError(
            f"-o {arguments.output} names one file, but there are {len(tables)} tables: name a "
            "folder instead"
        )
    planned = {t: segment_paths(t, arguments.output, arguments.formats) for t in tables}
    taken: dict[Path, Path] = {}
    for table, paths in planned.items():
        for path in paths.values():
            if path in taken:
                raise UsageError(
                    f"{taken[path]} and {table} would both be written to {path}: write them one "
                    "by one"
                )
            taken[path] = table
    return planned


def _rules(arguments: argparse.Namespace) -> SegmentRules:
    threshold, thresholds = None, {}
    for text in arguments.thresholds:
        label, mark, number = text.rpartition("=")
        try:
            score = float(number)
        except ValueError:
            raise UsageError(f"--threshold {text}: give a score, or LABEL=SCORE") from None
        if mark:
            thresholds[label] = score
        else:
            threshold = score
    return SegmentRules(
        min_duration=arguments.min_duration,
        merge_gap=arguments.merge_gap,
        threshold=threshold,
        thresholds=thresholds,
    )
