"""Every exception vidclf raises on purpose, with the exit code the command line gives it.

    VidclfError                    1  base: "this clip (or run) could not be done"
    ├── UsageError                 2  a flag, setting or argument that cannot be right
    ├── SourceError                1  a clip or picture that cannot be read
    │   ├── NoFramesError          1  it opened, but not one frame decodes
    │   └── UnreadableTablesError  1  several tables cannot be read; `errors` tells of each
    ├── DataError                  1  labelled data, or a list of clips, that cannot be used
    │   └── BrokenRowsError        1  several rows of a list are wrong; `rows` tells of each
    ├── ModelError                 1  a model, its labels or its description cannot be used
    │   └── ModelQuestionError     2  what only the model's user knows must be said first
    ├── PrecisionError             1  answers in bf16 or f16 that are too often not those in f32
    ├── RuntimeUnavailableError    1  the runtime asked for is not installed or does not start
    ├── ClusterError               1  a cluster that is not there, or whose machines lack something
    ├── WorkerError                1  the process that worked on a clip died or made no progress
    ├── UnexpectedError            1  an error that nobody explained: a bug, most likely
    └── OutputError                1  an output cannot be written
        ├── OutputExistsError      1  it is there already and --overwrite was not given
        ├── OutputBusyError        1  another run is writing it
        ├── DiskFullError          1  its disk takes nothing more
        └── StorageError           1  its bucket or server takes nothing

Exit codes of the command: 0 all done, 1 some failed, 2 bad usage, 130 interrupted.
A message holds the value, the rule and the remedy, on one line; a question has a table, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidclf.inference.model_question import ModelQuestion


class VidclfError(Exception):
    """Base of every error that vidclf explains to its user."""

    exit_code = 1


class UsageError(VidclfError, ValueError):
    """A flag, setting or argument that cannot be right."""

    exit_code = 2


class SourceError(VidclfError):
    """A clip or picture that cannot be read."""


class NoFramesError(SourceError):
    """A clip that opened, but of which not one frame decodes."""


class UnreadableTablesError(SourceError):
    """Several tables that cannot be read."""

    def __init__(self, message: str, *, errors: Sequence[SourceError]) -> None:
        """Say how many, and keep what is wrong with each."""
        super().__init__(message)
        self.errors = tuple(errors)


class DataError(VidclfError):
    """Labelled data that cannot be trained on or evaluated, or a list of clips that is wrong."""


class BrokenRowsError(DataError):
    """Several rows of a list of clips that cannot be taken."""

    def __init__(self, message: str, *, rows: Sequence[str]) -> None:
        """Say how many, and keep what is wrong with each; a traceback shows the first of them."""
        super().__init__(message)
        self.rows = tuple(rows)
        for line in self.listed():
            self.add_note(line)

    def listed(self, most: int = 10) -> list[str]:
        """What is wrong with each row, and how many more there are."""
        more = len(self.rows) - most
        return [*self.rows[:most], *([f"and {more} more"] if more > 0 else [])]


class ModelError(VidclfError):
    """A model, its labels or its description that cannot be used."""


class ModelQuestionError(ModelError):
    """What only the user of a model knows, such as how its input was scaled, is not known."""

    exit_code = 2

    def __init__(self, question: ModelQuestion) -> None:
        """Ask the question; its text is the message."""
        super().__init__(question)
        self.question = question


class PrecisionError(VidclfError):
    """Answers of a clip that were computed in lower precision, and are not those of float32."""


class RuntimeUnavailableError(VidclfError):
    """A runtime that is not installed or does not start."""


class ClusterError(VidclfError):
    """A cluster that is not there, or a machine of it that lacks what clips need."""


class WorkerError(VidclfError):
    """A clip whose worker process died, or made no progress."""


class UnexpectedError(VidclfError):
    """A clip that met an error which nobody explained: a bug, most likely."""


class OutputError(VidclfError):
    """An output that cannot be written."""


class OutputExistsError(OutputError):
    """An output that is there already, without permission to overwrite it."""


class OutputBusyError(OutputError):
    """An output that another run is writing at this moment."""


class DiskFullError(OutputError):
    """An output whose disk takes nothing more: it is full, over its quota, or read-only."""


class StorageError(OutputError):
    """An output whose bucket or server takes nothing: it is not there, denied, out of reach."""
