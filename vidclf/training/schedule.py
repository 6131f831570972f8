"""When the learning rate is lowered, when a stage ends, and which weights are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Weights = TypeVar("Weights")

_LEAST_GAIN = 1e-4
"""A validation loss that is less lower than this is no better."""


@dataclass(slots=True, kw_only=True)
class Schedule(Generic[Weights]):
    """Follows the validation loss from epoch to epoch."""

    rate: float
    """The learning rate of the next epoch."""
    patience: int
    """Epochs without a better loss after which the stage ends."""
    plateau: int
    """Epochs without a better loss after which the rate is lowered."""
    factor: float = 0.3
    """What the rate is then multiplied by."""
    best_loss: float = field(default=float("inf"))
    """The lowest validation loss so far."""
    best: Weights | None = None
    """The weights that gave it."""
    waited: int = 0
    """Epochs since."""

    def is_better(self, loss: float) -> bool:
        """Return whether a validation loss is the lowest so far."""
        return loss < self.best_loss - _LEAST_GAIN

    def improved(self, loss: float, weights: Weights) -> None:
        """Keep the weights of the lowest loss so far."""
        self.best_loss, self.best, self.waited = loss, weights, 0

    def failed(self) -> None:
        """Note an epoch without a better loss."""
        self.waited += 1
        if self.waited % self.plateau == 0:
            self.rate *= self.factor

    @property
    def is_over(self) -> bool:
        """Return whether the stage ends."""
        return self.waited >= self.patience
