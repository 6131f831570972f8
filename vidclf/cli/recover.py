"""`vidclf recover FOLDER...`: outputs of live runs that were killed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import complain, say
from vidclf.cli.options import add_talk, command
from vidclf.core.counting import counted

if TYPE_CHECKING:
    from vidclf.api import RecoverSummary
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf recover outputs/        what a live run had written when it was killed, as outputs
  vidclf recover day_1/ day_2/
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands, "recover", "FOLDER...", "make outputs of live runs that were killed", _EXAMPLES
    )
    parser.add_argument(
        "folders", nargs="+", metavar="FOLDER", help="where outputs of the run were to be"
    )
    add_talk(parser)


def run(arguments: argparse.Namespace) -> int:
    """Recover what is in each folder."""
    from vidclf.api import recover

    exit_code = 0
    for folder in arguments.folders:
        summary = recover(folder)
        _tell(arguments, folder, summary)
        exit_code = 1 if summary.failed else exit_code
    return exit_code


def _tell(arguments: argparse.Namespace, folder: str, summary: RecoverSummary) -> None:
    for part in summary.parts:
        video = f", {counted(part.frames, 'frame')} of video" if "video" in part.outputs else ""
        place = part.outputs["table"].parent
        say(arguments, f"{part.video}: recovered {counted(part.rows, 'row')}{video} → {place}/")
    for name in summary.running:
        say(arguments, f"{name}: a run is writing it; it is left as it is")
    if summary.empty:
        say(arguments, f"{folder}: {counted(summary.empty, 'part')} without a row, removed")
    for name, error in summary.failed:
        complain(f"{name}: {error}")
    if not (summary.parts or summary.running or summary.empty or summary.failed):
        say(arguments, f"{folder}: nothing to recover")
