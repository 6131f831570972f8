"""`vidclf render TABLE [CLIP]`: the video again, drawn from its table."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.clip_options import add_bounds
from vidclf.cli.messages import on_terminal, say
from vidclf.cli.options import add_drawing, add_gif, add_output, add_video, command
from vidclf.core.counting import counted
from vidclf.errors import UsageError
from vidclf.settings import DrawingOptions

if TYPE_CHECKING:
    from vidclf.api import RenderSummary
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf render outputs/dog_predictions.csv --style card       the video again, drawn otherwise
  vidclf render dog_predictions.csv footage/dog.mp4 --rename "Egyptian cat=cat" --hide lynx
  vidclf render outputs/dog_predictions.csv --only Samoyed     the parts with a Samoyed, with sound
  vidclf render outputs/dog_predictions.csv --start 1:20 --end 1:30   ten seconds, with their sound
  vidclf render outputs/dog_predictions.csv --subtitles        labels as subtitles, nothing encoded
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "render",
        "TABLE [CLIP]",
        "draw the video again from its table, without the model",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="a …_predictions.csv or .parquet")
    parser.add_argument(
        "clip", metavar="CLIP", nargs="?", help="its clip (default: where the manifest has it)"
    )
    _add_labels(parser)
    _add_parts(parser)
    add_drawing(parser, default_style="as in the run", default_position="as in the run")
    add_video(parser)
    add_gif(parser)
    add_output(parser, "a folder, or a file that sets name and kind (default: beside the table)")


def run(arguments: argparse.Namespace) -> int:
    """Render, and say what was written."""
    from vidclf.api import render_table
    from vidclf.cli.progress import FrameBar

    given = vars(arguments)
    shown, bounds = not arguments.quiet and on_terminal(), (arguments.start, arguments.end)
    with FrameBar(shown=shown, start=bounds[0], end=bounds[1], whole=not arguments.only) as bars:
        bars.started(arguments.table)
        rendered = render_table(
            arguments.table,
            arguments.clip,
            output=arguments.output,
            rename=_renames(arguments.rename),
            hide=arguments.hide,
            only=arguments.only,
            min_duration=arguments.min_duration,
            merge_gap=arguments.merge_gap,
            threshold=arguments.threshold,
            start=bounds[0],
            end=bounds[1],
            subtitles=arguments.subtitles,
            overwrite=arguments.overwrite,
            on_frame=bars.frame,
            **{name: given[name] for name in DrawingOptions.__annotations__},
        )
    say(arguments, _told(rendered))
    for concession in rendered.concessions:
        say(arguments, f"  {concession}")
    if arguments.verbose:
        say(arguments, f"  in all {rendered.seconds:.2f} s")
    return 0


def _add_labels(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("labels")
    group.add_argument(
        "--rename", action="append", default=[], metavar="OLD=NEW",
        help="show a label by another name; two of one name are shown as one",
    )  # fmt: skip
    group.add_argument(
        "--hide", action="append", default=[], metavar="LABEL", help="do not show a label"
    )
    group.add_argument(
        "--threshold", type=float, metavar="T",
        help="below it a label is drawn as uncertain, or does not count where each label has a "
        "score of its own (default: as in the run)",
    )  # fmt: skip


def _add_parts(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("parts and subtitles")
    add_bounds(group)
    group.add_argument(
        "--only", action="append", default=[], metavar="LABEL",
        help="join the parts where a label holds, with their sound",
    )  # fmt: skip
    group.add_argument(
        "--subtitles", action="store_true",
        help="copy the clip with its labels as subtitles, pictures and sound untouched",
    )  # fmt: skip
    group.add_argument(
        "--min-duration", type=float, metavar="SECONDS", help="leave out shorter parts and labels"
    )
    group.add_argument(
        "--merge-gap", type=float, metavar="SECONDS", help="bridge gaps up to so many seconds"
    )


def _renames(texts: list[str]) -> dict[str, str]:
    renames: dict[str, str] = {}
    for text in texts:
        old, equals, new = text.partition("=")
        if not equals or not old:
            raise UsageError(f"--rename {text!r}: give OLD=NEW, such as 'Egyptian cat=cat'")
        if renames.setdefault(old, new) != new:
            raise UsageError(f"--rename {text!r}: {old!r} was renamed to {renames[old]!r} already")
    return renames


def _told(rendered: RenderSummary) -> str:
    outputs = ", ".join(rendered.outputs.values())
    if not rendered.frames_written:
        return f"{rendered.video}: subtitles added → {outputs}"
    parts = f" in {rendered.excerpts} parts" if rendered.excerpts > 1 else ""
    frames = counted(rendered.frames_written, "frame")
    rate = f", {rendered.frames_written / rendered.seconds:.0f} frames/s"
    pace = rate if rendered.frames_written > 1 else ""
    return f"{rendered.video}: {frames}{parts}{pace} → {outputs}"
