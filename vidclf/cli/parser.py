"""The command line as a whole: which command, its options, and what was probably meant."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from vidclf._version import __version__
from vidclf.cli.commands import Command
from vidclf.cli.remote_options import COMMANDS_WITHOUT, add_remote
from vidclf.core.printable import printable

_EXAMPLES = """\
examples:
  vidclf annotate clip.mp4 --gif   annotated MP4, GIF, per-frame CSV in outputs/
  vidclf predict footage/          the tables of every video in a folder
  vidclf inspect clip.mp4          what is known of a clip
  vidclf report outputs/clip_predictions.csv
                                   a page with the clip beside a timeline of its labels

vidclf COMMAND --help tells all of a command.
"""
_ONE_DASH = re.compile(r"-[a-z][a-z-]+")
_LONG_DASHES = "–—−"
"""What word processors and web pages make of two hyphens."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints cannot command the terminal that they are printed on."""

    def error(self, message: str) -> NoReturn:
        """Say how it is used and what is wrong, and end with exit code 2."""
        super().error(printable(message))

    @property
    def options(self) -> list[str]:
        """The options by their names, such as `--style`."""
        return list(self._option_string_actions)


def parse(argv: Sequence[str], commands: Mapping[str, Command]) -> argparse.Namespace:
    """Take a command line apart; what cannot be right ends the program with exit code 2."""
    parser = Parser(
        prog="vidclf",
        description="Run a trained Keras classifier over every frame of your videos.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vidclf {__version__}")
    parsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in commands.items():
        command.add(parsers)
        if name not in COMMANDS_WITHOUT:
            add_remote(parsers.choices[name])
    _check_command(parser, argv, list(commands))
    if argv[0] in commands:
        _check_dashes(parsers.choices[argv[0]], argv[1:])
    arguments, unknown = parser.parse_known_args(
        join_negative_values(argv), argparse.Namespace(argv=argv)
    )
    if unknown:
        _refuse(parsers.choices[arguments.command], unknown)
    if hasattr(arguments, "manifest"):
        _check_clips(parsers.choices[arguments.command], arguments)
    return arguments


def join_negative_values(argv: Sequence[str]) -> list[str]:
    """Let `--preprocess -1-1` through, whose value looks like an option to argparse.

    >>> join_negative_values(["--preprocess", "-1-1"])
    ['--preprocess=-1-1']
    """
    joined: list[str] = []
    for argument in argv:
        if joined and joined[-1] == "--preprocess" and not argument.startswith("--"):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _check_command(parser: Parser, argv: Sequence[str], commands: Sequence[str]) -> None:
    """See that the first word is a command, or one of the program's own options."""
    if not argv:
        parser.print_help(sys.stderr)
        parser.exit(2, "\nvidclf: error: name a command, such as vidclf annotate clip.mp4\n")
    word = argv[0]
    if word in commands or word in parser.options:
        return
    if word.startswith("-"):
        parser.error(
            f"{word} stands where a command should: vidclf annotate clip.mp4 {shlex.quote(word)}"
        )
    if meant := _similar(word, commands):
        parser.error(f"no command is called {word}: did you mean {meant[0]}?")
    if os.path.lexists(word) or "." in word:
        parser.error(f"{word} is no command: did you mean vidclf annotate {shlex.quote(word)}?")
    parser.error(f"no command is called {word}: there are {', '.join(commands)}")


def _check_dashes(parser: Parser, words: Sequence[str]) -> None:
    """Refuse long options with one dash (`-overwrite` would be `-o verwrite`) or a printed one."""
    for word in words[: words.index("--")] if "--" in words else words:
        name = word.partition("=")[0]
        if _ONE_DASH.fullmatch(name) and f"-{name}" in parser.options:
            parser.error(f"{word}: did you mean -{word}?")
        plain = f"--{name.lstrip(_LONG_DASHES)}"
        if name[:1] in tuple(_LONG_DASHES) and plain in parser.options:
            parser.error(f"{word} begins with a printed dash: type {plain}")


def _check_clips(parser: Parser, arguments: argparse.Namespace) -> None:
    """See that clips are named in one of the two ways."""
    if not arguments.inputs and arguments.manifest is None:
        parser.error("the following arguments are required: INPUT, or --manifest LIST")
    if arguments.inputs and arguments.manifest is not None:
        parser.error(
            f"argument --manifest: not allowed with INPUT ({arguments.inputs[0]}): a list names "
            "all clips of its run"
        )


def _refuse(parser: Parser, words: Sequence[str]) -> NoReturn:
    """Name the words that nothing takes, and the option that the first of them may be."""
    message = f"unrecognized arguments: {' '.join(words)}"
    long = [option for option in parser.options if option.startswith("--")]
    for word in words:
        name, equals, value = word.partition("=")
        if meant := _similar(name, long) if name.startswith("-") else []:
            parser.error(f"{message}: did you mean {meant[0]}{equals}{value}?")
    parser.error(message)


def _similar(word: str, words: Sequence[str]) -> list[str]:
    """The likest of some words, if one is like it."""
    from difflib import get_close_matches  # right command lines need none

    return get_close_matches(word, words, n=1)
