"""`vidclf inspect MODEL_OR_VIDEO...`: what is known of models and clips."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidclf.cli.clip_run import settings_given
from vidclf.cli.messages import complain, show, show_json
from vidclf.cli.options import add_description, command
from vidclf.errors import VidclfError
from vidclf.settings import Settings

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

_EXAMPLES = """\
examples:
  vidclf inspect clip.mp4                   streams, sizes, rates, rotation, colours
  vidclf inspect rtsp://host/door           the same of a stream or camera, from its first frame
  vidclf inspect efficientnet-lite0         input, preprocessing, labels, head of a model
  vidclf inspect birds.keras --preprocess 0-1 --labels birds.txt --save
                                            keep that in birds.json, beside the model
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands,
        "inspect",
        "MODEL_OR_VIDEO...",
        "say what is known of a model or a clip",
        _EXAMPLES,
    )
    parser.add_argument("targets", nargs="+", metavar="MODEL_OR_VIDEO")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument(
        "--save",
        action="store_true",
        help="write what is known of a model beside it (MODEL.json), so that it is known from now "
        "on",
    )
    add_description(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is known of each target; one that cannot be read does not stop the others."""
    from vidclf.api import inspect
    from vidclf.inspection import as_json, as_text, save_description

    settings = Settings(**settings_given(arguments))
    known: dict[str, Any] = {}
    saved: list[Path] = []
    for target in arguments.targets:
        try:
            if arguments.save:
                saved.append(save_description(target, settings.for_model))
            known[target] = inspect(target, settings=settings)
        except VidclfError as exc:
            complain(f"error: {exc}")
            known[target] = exc
    errors = [what for what in known.values() if isinstance(what, VidclfError)]
    if arguments.json:
        show_json(as_json(known))
    elif shown := [as_text(what) for what in known.values() if what not in errors]:
        show("\n\n".join([*shown, *(f"written: {path}" for path in saved)]))
    return errors[-1].exit_code if errors else 0
