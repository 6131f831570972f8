"""`vidclf annotate INPUT...`: clips with their labels drawn on them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.clip_options import add_inputs, add_live, add_many_clips
from vidclf.cli.clip_run import run_clips
from vidclf.cli.options import add_drawing, add_gif, add_model, add_talk, add_video, command

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf annotate clip.mp4                          the built-in model; results in outputs/
  vidclf annotate clip.mp4 --gif --gif-width 640    a GIF demo beside the MP4
  vidclf annotate footage/ --recursive -o results/  every video in a folder and below it
  vidclf annotate clip.mp4 -m birds.keras --labels birds.txt
  vidclf annotate clip.mov --start 1:20 --end 1:35 -o demo.gif
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "annotate",
        "INPUT...",
        "draw labels on clips: MP4 or GIF, and a per-frame CSV",
        _EXAMPLES,
    )
    add_inputs(parser)
    add_model(parser)
    parser.add_argument("--no-video", action="store_true", help="write the table only")
    add_drawing(parser)
    add_video(parser)
    add_gif(parser)
    add_live(parser)
    add_many_clips(parser)
    add_talk(parser)


def run(arguments: argparse.Namespace) -> int:
    """Annotate the clips."""
    return run_clips(arguments, video=not arguments.no_video)
