"""The table of commands: what each is called, and the module that is it."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from vidclf.cli.options import Commands

COMMANDS = {
    "annotate": "vidclf.cli.annotate",
    "predict": "vidclf.cli.predict",
    "inspect": "vidclf.cli.inspect",
    "segments": "vidclf.cli.segments",
    "smooth": "vidclf.cli.smooth",
    "render": "vidclf.cli.render",
    "report": "vidclf.cli.report",
    "compare": "vidclf.cli.compare",
    "plot": "vidclf.cli.plot",
    "join": "vidclf.cli.join",
    "recover": "vidclf.cli.recover",
    "train": "vidclf.cli.train",
    "evaluate": "vidclf.cli.evaluate",
    "serve": "vidclf.cli.serve",
    "cache": "vidclf.cli.cache",
}
"""Name → module, in the order of `vidclf --help`. All are imported for that help, and the one that
is named for its run, so nothing heavy is imported at their top."""


class Command(Protocol):
    """A module that is a command."""

    def add(self, commands: Commands) -> None:
        """Add its parser, with all that `--help` says of it."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it and return the exit code.

        Raises:
            VidclfError: it could not be done.
        """
        ...


def load_command(name: str) -> Command:
    """The command of the table that is called `name`."""
    return cast(Command, import_module(COMMANDS[name]))
