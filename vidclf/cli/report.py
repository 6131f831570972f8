"""`vidclf report TABLE... [CLIP]`: a page with the clip beside a timeline of its labels."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import say
from vidclf.cli.options import add_output, command
from vidclf.errors import UsageError

if TYPE_CHECKING:
    from vidclf.cli.options import Commands
    from vidclf.sources import ClipLocation

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
    from vidclf.report import write_report
    from vidclf.segments import SegmentRules

    tables, clip = split_paths(arguments.paths)
    path = write_report(
        tables,
        clip,
        output=arguments.output,
        embed=arguments.embed,
        overwrite=arguments.overwrite,
        rules=SegmentRules(min_duration=arguments.min_duration, merge_gap=arguments.merge_gap),
    )
    say(arguments, f"{path}: open it in a browser")
    return 0


def split_paths(paths: list[str]) -> tuple[list[str], str | None]:
    """Tables and folders of tables, and the clip among them.

    Raises:
        UsageError: there are several clips, or no table.
    """
    from vidclf.sources import ClipLocation

    places = [ClipLocation.of(path).normalised() for path in paths]
    clips = [place for place in places if _is_clip(place)]
    tables = [place.text for place in places if place not in clips]
    if len(clips) > 1:
        raise UsageError(f"{clips[0]} and {clips[1]} are both clips: name one, or one report each")
    if not tables:
        raise UsageError(f"{clips[0]} is a clip: name its table first, …_predictions.csv")
    return tables, clips[0].text if clips else None


def _is_clip(place: ClipLocation) -> bool:
    from vidclf.sources.suffixes import is_image_name, is_video_name

    return place.kind != "folder" and (is_video_name(place.name) or is_image_name(place.name))
