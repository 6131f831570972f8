"""What a training tells whoever watches it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from vidclf.training.options import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What one epoch gave: a row of `history.csv`."""

    epoch: int
    """Its number in its stage, from 1."""
    stage: Stage
    """What was learnt."""
    loss: float
    """The mean loss over the training pictures, as they were shown: varied, with dropout."""
    val_loss: float
    """The mean loss over the validation pictures, without smoothing of labels."""
    score: float
    """Share of right answers in training; of a regression, the mean absolute error."""
    val_score: float
    """The same of the validation pictures."""
    learning_rate: float
    """AdamW's step in it."""
    seconds: float
    """How long it took."""
    is_best: bool
    """Whether its weights are the best so far."""


class TrainingWatcher(Protocol):
    """Is told how a training goes, in one thread."""

    def said(self, sentence: str) -> None:
        """Something its user should know."""

    def began(self, what: str, *, total: int | None, unit: str) -> None:
        """A piece of work begins, of so many units; None where nobody knows."""

    def advanced(self, count: int) -> None:
        """So many units more are done."""

    def epoch_ended(self, epoch: Epoch) -> None:
        """An epoch is over."""


class SilentTrainingWatcher:
    """A watcher that says nothing."""

    def said(self, sentence: str) -> None:
        """Ignore it."""

    def began(self, what: str, *, total: int | None, unit: str) -> None:
        """Ignore it."""

    def advanced(self, count: int) -> None:
        """Ignore it."""

    def epoch_ended(self, epoch: Epoch) -> None:
        """Ignore it."""


class Stop:
    """Whether a training is to end early, with the best so far."""

    def __init__(self, *, at: float | None) -> None:
        """End at a moment of `time.monotonic`; None for never."""
        self._at = at
        self.was_interrupted = False
        """Whether its user asked for the end, by Ctrl-C."""

    def time_is_up(self) -> bool:
        """Return whether the time that was allowed is over."""
        return self._at is not None and time.monotonic() >= self._at
