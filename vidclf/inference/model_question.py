"""A question that only the user of a model can answer, with what each answer would make of it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal

from vidclf.core.printable import printable

_GAP = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of the answers to choose from."""

    value: str
    """What the option takes, such as `0-1`."""
    cells: tuple[str, ...]
    """What it makes of the model, a text for each column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelQuestion:
    """What is asked of a model's user, and a table of answers. As text: all of it."""

    setting: Literal["head", "preprocess"]
    """The field of `Settings` that answers it."""
    model: str
    """The model, as it was named."""
    description: str | None
    """Name of the file beside the model that can keep the answer; None where none can."""
    reason: str
    """What is not known, why that matters, and what the table shows."""
    columns: tuple[str, ...]
    """What stands in each column after that of the values."""
    frames: int
    """How many of them, from the first on, are frames of the clip."""
    facts: tuple[str, ...] | None = None
    """What the columns have in common: a row above the answers."""
    answers: tuple[Answer, ...]
    """What to choose from, the likeliest first."""
    advice: str
    """How to find the right one, and what else may be given."""
    example: str
    """The value that example commands have."""

    @property
    def option(self) -> str:
        """The option of the command that answers it."""
        return f"--{self.setting}"

    @property
    def keeping_command(self) -> tuple[str, ...]:
        """The command that writes the answer beside the model."""
        return ("vidclf", "inspect", self.model, self.option, self.example, "--save")

    def table(self, *, numbered: bool = False, width: int | None = None) -> str:
        """Lay the answers out as lines of text.

        Args:
            numbered: whether each has a number to choose it by.
            width: of the terminal in characters; frames but the first are left out to fit it.
        """
        for frames in range(self.frames, 1, -1):
            table = self._laid_out(numbered=numbered, frames=frames)
            if width is None or max(map(len, table.splitlines())) <= width:
                return table
        return self._laid_out(numbered=numbered, frames=min(self.frames, 1))

    def _laid_out(self, *, numbered: bool, frames: int) -> str:
        rows = [(self.option, *self.columns)]
        if self.facts:
            rows.append(("", *self.facts))
        rows += [(answer.value, *answer.cells) for answer in self.answers]
        shown = [(*row[: 1 + frames], *row[1 + self.frames :]) for row in rows]
        rows = [tuple(map(printable, row)) for row in shown]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(row, widths) for row in rows]
        if not numbered:
            return "\n".join(_GAP + line for line in lines)
        without = len(rows) - len(self.answers)
        marks = [""] * without + [str(place + 1) for place in range(len(self.answers))]
        return "\n".join(f"{mark:>3}{_GAP}{line}" for mark, line in zip(marks, lines, strict=True))

    def __str__(self) -> str:
        command = shlex.join(self.keeping_command)
        keep = f"; to be asked once, run: {command}" if self.description else ""
        return (
            f"{self.reason}\n{self.table()}\n{self.advice}\n"
            f'Give it as {self.setting}="{self.example}"{keep}'
        )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return _GAP.join(padded).rstrip()
