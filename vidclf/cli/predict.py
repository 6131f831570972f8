"""`vidclf predict INPUT...`: the per-frame tables of clips, and no video."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.clip_options import add_inputs, add_live, add_many_clips
from vidclf.cli.clip_run import run_clips
from vidclf.cli.options import add_model, add_talk, command

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf predict clip.mp4                   the per-frame table only
  vidclf predict footage/ --infer-fps 5     five inferred frames a second are enough
  vidclf predict clip.mp4 --scores -o clip.csv
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands, "predict", "INPUT...", "write the per-frame CSV only, no video", _EXAMPLES
    )
    add_inputs(parser)
    add_model(parser)
    add_live(parser)
    add_many_clips(parser)
    add_talk(parser)


def run(arguments: argparse.Namespace) -> int:
    """Predict the clips."""
    return run_clips(arguments, video=False)
