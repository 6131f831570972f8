"""Learn the head of a network on features that were computed beforehand.

In NumPy, as an epoch takes milliseconds: Keras needs longer to begin than this takes in all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.training.layers import Dense, Trainer, first_layers, outputs_of
from vidclf.training.losses import activated, mean_loss, mean_score, smoothed
from vidclf.training.options import TrainingOptions
from vidclf.training.row_file import Rows
from vidclf.training.schedule import Schedule
from vidclf.training.targets import Floats, Targets
from vidclf.training.watcher import Epoch, Stop

_PATIENCE = 8
_PLATEAU = 3
_DECAY = 0.01
_LEAST_DEVIATION = 1e-3
"""Features that hardly ever change are not blown up."""
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """Features of samples, with the right answers."""

    features: Rows
    """(N, F) float32, perhaps on the disk."""
    targets: Targets
    """The right answers of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """`(x - mean) / deviation` of each column, as batch normalisation leaves it at last."""

    mean: Floats
    """(F,) float32."""
    deviation: Floats
    """(F,) float32, more than 0."""

    @classmethod
    def of(cls, values: Rows) -> Standard:
        """The means and deviations of (N, F) values."""
        sums = sum(part.sum(axis=0, dtype=np.float64) for part in _parts(values))
        mean = np.asarray(sums / len(values), np.float32)
        squares = sum(
            np.square(part - mean).sum(axis=0, dtype=np.float64) for part in _parts(values)
        )
        deviation = np.sqrt(squares / len(values))
        return cls(mean=mean, deviation=np.maximum(deviation, _LEAST_DEVIATION).astype(np.float32))

    def __call__(self, values: Floats) -> Floats:
        """(N, F) values → the same, standardised."""
        return np.asarray((values - self.mean) / self.deviation, np.float32)

    def folded_into(self, layer: Dense) -> Dense:
        """Return a layer that takes values as they are, for one that takes standard ones."""
        kernel = layer.kernel / self.deviation[:, None]
        return Dense(kernel=kernel, bias=layer.bias - self.mean @ kernel)

    def undone_after(self, layer: Dense) -> Dense:
        """Return a layer that gives values as they were, for one that gives standard ones."""
        return Dense(
            kernel=layer.kernel * self.deviation, bias=layer.bias * self.deviation + self.mean
        )


def train_head(
    train: FeatureSet,
    val: FeatureSet,
    options: TrainingOptions,
    *,
    stop: Stop,
    on_epoch: Callable[[Epoch], None],
) -> list[Dense]:
    """Learn a head: the layers of the epoch with the lowest validation loss.

    Args:
        train: what is learnt from.
        val: what the best epoch is chosen by.
        options: how.
        stop: ends it early; an interrupt is noted there, once there is a first epoch.
        on_epoch: is told of each epoch.

    Returns:
        One or two layers that take features as they are; the last one's outputs have no softmax or
        sigmoid yet.

    Raises:
        KeyboardInterrupt: in the first epoch.
    """
    from threadpoolctl import threadpool_limits

    scale = Standard.of(train.features)
    numbers = _number_scale(train.targets)
    learner = _HeadLearner(train, val, options, scale=scale, numbers=numbers)
    try:
        with threadpool_limits(1):  # products so small that threads would only wait for each other
            _learn_all(learner, options, stop, on_epoch)
    except KeyboardInterrupt:
        if learner.schedule.best is None:
            raise
        stop.was_interrupted = True
    layers = learner.best
    layers[0] = scale.folded_into(layers[0])
    layers[-1] = numbers.undone_after(layers[-1])
    return layers


def _learn_all(
    learner: _HeadLearner,
    options: TrainingOptions,
    stop: Stop,
    on_epoch: Callable[[Epoch], None],
) -> None:
    for epoch in range(1, options.most_epochs("head") + 1):
        on_epoch(learner.learn(epoch))
        if learner.schedule.is_over or stop.time_is_up():
            break


def _number_scale(targets: Targets) -> Standard:
    """Numbers of a regression are learnt in units of their deviation; scores as they are."""
    if targets.task == "regression":
        return Standard.of(targets.values)
    columns = targets.values.shape[1]
    return Standard(mean=np.zeros(columns, np.float32), deviation=np.ones(columns, np.float32))


class _HeadLearner:
    """One epoch after the other."""

    def __init__(
        self,
        train: FeatureSet,
        val: FeatureSet,
        options: TrainingOptions,
        *,
        scale: Standard,
        numbers: Standard,
    ) -> None:
        self._train, self._val, self._options = train, val, options
        self._scale, self._numbers = scale, numbers
        self._task = train.targets.task
        self._wanted = smoothed(numbers(train.targets.values), self._task, options.label_smoothing)
        self._val_targets = Targets(
            task=self._task, values=numbers(val.targets.values), weights=val.targets.weights
        )
        inputs, outputs = train.features.shape[1], train.targets.values.shape[1]
        self._lots = np.random.default_rng((options.seed, 2))
        self._trainer = Trainer(
            first_layers(inputs, options.dense, outputs, options.seed),
            dropout=options.dropout_of("head"),
            decay=_DECAY,
            lots=self._lots,
        )
        self.schedule: Schedule[list[Dense]] = Schedule(
            rate=options.first_rate("head"), patience=_PATIENCE, plateau=_PLATEAU
        )

    @property
    def best(self) -> list[Dense]:
        assert self.schedule.best is not None
        return list(self.schedule.best)

    def learn(self, number: int) -> Epoch:
        """Go once through the training samples, and measure by the validation samples."""
        began, rate = time.monotonic(), self.schedule.rate
        loss, score = self._pass(rate)
        layers = self._trainer.layers
        scores = self._scores(layers, self._val.features)
        val_loss = mean_loss(scores, self._val_targets)
        is_best = self.schedule.is_better(val_loss)
        if is_best:
            self.schedule.improved(val_loss, layers)
        else:
            self.schedule.failed()
        return Epoch(
            epoch=number,
            stage="head",
            loss=loss,
            val_loss=val_loss,
            score=score,
            val_score=mean_score(scores, self._val_targets) * self._unit,
            learning_rate=rate,
            seconds=time.monotonic() - began,
            is_best=is_best,
        )

    @property
    def _unit(self) -> float:
        """What one standard deviation is, for the error of a regression with one value."""
        return float(self._numbers.deviation.mean())

    def _pass(self, rate: float) -> tuple[float, float]:
        features, weights = self._train.features, self._train.targets.weights
        order = self._lots.permutation(len(features))
        size = self._options.batch_size
        loss = right = 0.0
        for begin in range(0, len(order), size):
            places = np.sort(order[begin : begin + size])  # they may be on the disk
            outputs, seen = self._trainer.forward(self._scale(features[places]))
            batch = Targets(
                task=self._task,
                values=self._wanted[places],
                weights=weights[places],
            )
            scores = activated(outputs, self._task)
            share = batch.weights[:, None] / len(places)
            gradient = np.asarray((scores - batch.values) * share, np.float32)
            self._trainer.step(gradient, seen, rate=rate)
            loss += mean_loss(scores, batch) * len(places)
            right += mean_score(scores, batch) * len(places)
        return loss / len(order), right / len(order) * self._unit

    def _scores(self, layers: Sequence[Dense], features: Rows) -> Floats:
        whole = [self._scale.folded_into(layers[0]), *layers[1:]]
        return activated(outputs_on(whole, features), self._task)


def outputs_on(layers: Sequence[Dense], features: Rows) -> Floats:
    """(N, C) outputs for (N, F) features, without softmax or sigmoid."""
    return np.concatenate([outputs_of(layers, part) for part in _parts(features)])


def _parts(rows: Rows) -> Iterator[NDArray[Any]]:
    """Rows, so many at once that they fit into the memory."""
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[begin : begin + _ROWS_AT_ONCE]
