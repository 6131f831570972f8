"""What a training gives to the program that asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidclf.dataset.examples import Task
from vidclf.training.watcher import Epoch

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingResult:
    """A trained model, how it came about, and how good it is."""

    path: Path
    """The model file, or the folder of a SavedModel."""
    outputs: Mapping[str, Path]
    """Name → file: `description`, `history`, `figure`, `split`, `metrics`."""
    model: Any
    """The `keras.Model`: (N, h, w, 3) RGB of 0 to 255 → (N, C) scores, or values."""
    task: Task
    """What it answers."""
    labels: Sequence[str]
    """A name for each class or value, in the order of its outputs."""
    epochs: Sequence[Epoch]
    """How it was trained."""
    metrics: Mapping[str, Any]
    """`val`, and `test` where there were test pictures: figures under the names of
    docs/evaluate.md."""
    temperature: float
    """What its outputs were divided by, so that it is as sure as it is right."""
    counts: Mapping[str, int]
    """`train`, `val`, `test`: pictures of each; `bad`: examples that could not be read."""
    notes: Sequence[str]
    """What its user should know, in sentences."""
    seconds: float
    """How long it took."""
    was_interrupted: bool
    """Whether Ctrl-C ended it, with the best so far."""

    @property
    def history(self) -> pd.DataFrame:
        """Return the epochs as a table, with the columns of `history.csv`."""
        import pandas as pd

        columns = history_columns(self.task)
        return pd.DataFrame(history_rows(self.epochs, self.task), columns=columns)


def history_columns(task: Task) -> list[str]:
    """Return the columns of `history.csv`."""
    names = [field.name for field in fields(Epoch)]
    score = "mae" if task == "regression" else "accuracy"
    return [name.replace("score", score).replace("is_best", "best") for name in names]


def history_rows(epochs: Sequence[Epoch], task: Task) -> list[dict[str, Any]]:
    """Return a row of `history.csv` for each epoch."""
    columns = history_columns(task)
    names = [field.name for field in fields(Epoch)]
    return [
        {column: getattr(epoch, name) for column, name in zip(columns, names, strict=True)}
        for epoch in epochs
    ]
