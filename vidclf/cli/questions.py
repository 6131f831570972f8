"""A question about the model: asked on a terminal; else told, with the commands that answer it."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidclf.cli.messages import complain, end_line, on_terminal, prompt, terminal_width
from vidclf.core.addresses import shown_address
from vidclf.core.preprocessing import Scaling
from vidclf.errors import UsageError, VidclfError
from vidclf.settings import Settings, settings_from

if TYPE_CHECKING:
    from vidclf.inference.model_question import ModelQuestion


def answer_question(
    question: ModelQuestion, arguments: argparse.Namespace, settings: Settings
) -> Settings | None:
    """Ask it where somebody can answer; the settings with the answer, or None where there is none.

    Even a quiet run asks: it cannot go on without.
    """
    if not (on_terminal() and sys.stdin is not None and sys.stdin.isatty()):
        complain(f"error: {question.reason}", question.table(), _remedy(question, arguments))
        return None
    table = question.table(numbered=True, width=terminal_width())
    complain(question.reason, table, question.advice)
    value = _choose(question)
    if value is None:
        complain("error: no answer", _commands(question, arguments))
        return None
    answered = settings_from({question.setting: value}, base=settings)
    if question.description is not None:
        _offer_to_keep(question.description, answered)
    return answered


def _choose(question: ModelQuestion) -> str | None:
    """Read the answer, until it is one; None where nobody answers (Ctrl-D)."""
    values = [answer.value for answer in question.answers]
    which = f"Which one? 1 to {len(values)}, or what {question.option} takes: "
    while (line := _read_line(which)) is not None:
        text = line.strip()
        if text.isdecimal() and 1 <= int(text) <= len(values):
            return values[int(text) - 1]
        if text in values or (question.setting == "preprocess" and _is_scaling(text)):
            return text
    return None


def _is_scaling(text: str) -> bool:
    """Whether it is what `--preprocess` takes; says what is wrong with it if not."""
    if not text:
        return False
    try:
        Scaling.parse(text)
    except UsageError as exc:
        complain(str(exc))
        return False
    return True


def _offer_to_keep(description: str, settings: Settings) -> None:
    """Write the answer beside the model, if that is wanted; what cannot be written stops nothing.

    Enter alone is no: a wrong answer that is kept would be wrong in silence.
    """
    line = _read_line(
        f"Write this answer beside the model as {description}, so that it is asked once? [y/N] "
    )
    if line is None or line.strip().lower() not in ("y", "yes"):
        return
    from vidclf.inspection import save_description

    assert isinstance(settings.model, str)
    try:
        complain(f"{save_description(settings.model, settings.for_model)} is written")
    except VidclfError as exc:
        complain(str(exc))


def _read_line(text: str) -> str | None:
    """Ask for a line; None where nobody answers."""
    prompt(text)
    line = sys.stdin.readline()
    if not line:
        end_line()
        return None
    return line


def _remedy(question: ModelQuestion, arguments: argparse.Namespace) -> str:
    return f"{question.advice}\n{_commands(question, arguments)}"


def _commands(question: ModelQuestion, arguments: argparse.Namespace) -> str:
    """The commands that answer the question: the user's own, and the one that keeps the answer."""
    words = [shown_address(word) for word in arguments.argv]  # a signature is no one's business
    again = ["vidclf", *_with_option(words, question.option, question.example)]
    lines = ["Run it again with the right one, as in", f"  {shlex.join(again)}"]
    if question.description is not None:
        keep = [*question.keeping_command, *_said_of_model(arguments)]
        lines += [
            f"To be asked once, have it written beside the model, in {question.description}:",
            f"  {shlex.join(keep)}",
        ]
    return "\n".join(lines)


def _said_of_model(arguments: argparse.Namespace) -> list[str]:
    """The other options that say something of the model, as they were given."""
    said: list[str] = []
    for name in ("labels", "crop", "resize", "head", "window_size"):
        if (value := getattr(arguments, name)) is not None:
            said += [f"--{name.replace('_', '-')}", str(value)]
    if arguments.input_size is not None:
        height, width = arguments.input_size
        said += ["--input-size", f"{width}x{height}"]
    return said + ["--allow-unsafe-model"] * arguments.allow_unsafe_model


def _with_option(argv: Sequence[str], option: str, value: str) -> list[str]:
    """A command with one more option: before `--`, after which all words are names of files."""
    place = argv.index("--") if "--" in argv else len(argv)
    return [*argv[:place], option, value, *argv[place:]]
