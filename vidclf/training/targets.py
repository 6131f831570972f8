"""What a network is to answer for each sample, and how much each sample counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidclf.dataset.examples import LabelledSet, Task
from vidclf.dataset.samples import Sample
from vidclf.training.options import ClassWeights

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The right answers, and the weights of the samples."""

    task: Task
    """What is learnt."""
    values: Floats
    """(N, C) float32: one 1 a row of classes, 1 for each label that holds, or numbers."""
    weights: Floats
    """(N,) float32, 1 on average over what is trained on."""

    def of(self, places: NDArray[np.int64]) -> Targets:
        """Return those of some samples."""
        return Targets(task=self.task, values=self.values[places], weights=self.weights[places])

    @property
    def truth(self) -> NDArray[np.generic]:
        """Return them as `vidclf.metrics.scoring.score` takes them."""
        if self.task == "classes":
            return np.asarray(self.values.argmax(axis=1), np.int64)
        return self.values > 0.5 if self.task == "multi_label" else self.values


def targets_of(
    data: LabelledSet,
    samples: Sequence[Sample],
    *,
    trained: NDArray[np.bool_],
    class_weights: ClassWeights,
) -> Targets:
    """Make the right answers of samples.

    Args:
        data: the labelled data.
        samples: its samples.
        trained: (N,) which of them are trained on; weights are 1 on average over these.
        class_weights: `balanced` gives each class (or label) the same sum of weights.
    """
    columns = {label: column for column, label in enumerate(data.labels)}
    by_example = np.zeros((len(data.examples), len(data.labels)), np.float32)
    for row, example in enumerate(data.examples):
        if data.task == "regression":
            by_example[row] = example.values
        else:
            by_example[row, [columns[label] for label in example.labels]] = 1
    places = np.array([sample.example for sample in samples], np.int64)
    values = by_example[places]
    weights = np.array([data.examples[place].weight for place in places], np.float32)
    if class_weights == "balanced" and data.task == "classes":
        sums = (values * weights[:, None])[trained].sum(axis=0)
        weights = weights / sums[values.argmax(axis=1)]
    return Targets(task=data.task, values=values, weights=weights / weights[trained].mean())
