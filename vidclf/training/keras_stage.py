"""Train a Keras network, or the last blocks of one, epoch by epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.prefetch import prefetch
from vidclf.models.keras_files.loading import import_keras
from vidclf.training.augmentation import varied
from vidclf.training.checkpoint import Arrays, Checkpoint, TrainingState
from vidclf.training.losses import activated, mean_loss, mean_score, smoothed
from vidclf.training.options import Stage, TrainingOptions
from vidclf.training.row_file import Rows
from vidclf.training.schedule import Schedule
from vidclf.training.targets import Floats, Targets
from vidclf.training.watcher import Epoch, Stop, TrainingWatcher

_PATIENCE: dict[Stage, int] = {"fine-tune": 5, "scratch": 10}
_PLATEAU: dict[Stage, int] = {"fine-tune": 3, "scratch": 3}
_DECAY = 0.05
_MOST_AVERAGED = 0.98
"""How much of the running mean of weights stays at each step (Polyak and Juditsky 1992)."""
_WARM_UP_STEPS = 60
"""The rate rises over so many steps, or over the first epoch if that has fewer."""
_VAL_BATCH = 64
_WAITING_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSet:
    """Pictures, with the right answers."""

    pixels: Rows
    """(M, h, w, 3) uint8 RGB, on the disk, of all samples."""
    places: NDArray[np.int64]
    """(N,) which of them are meant."""
    targets: Targets
    """The right answers of each of these."""


class KerasStage:
    """Trains what is trainable in a network whose outputs have no softmax or sigmoid.

    Args:
        model: the `keras.Model`.
        stage: what is learnt, by name.
        train: what is learnt from.
        val: what the best epoch is chosen by.
        options: how.
        spread: (C,) float32; errors of a regression count in units of these, all 1 otherwise.
    """

    def __init__(
        self,
        model: Any,
        stage: Stage,
        train: PictureSet,
        val: PictureSet,
        options: TrainingOptions,
        *,
        spread: Floats,
    ) -> None:
        keras = import_keras()
        self.model = model
        self.epochs: list[Epoch] = []
        """Those that are over."""
        self._stage, self._train, self._val, self._options = stage, train, val, options
        self._spread = spread
        self._task = train.targets.task
        self._schedule: Schedule[Arrays] = Schedule(
            rate=options.first_rate(stage), patience=_PATIENCE[stage], plateau=_PLATEAU[stage]
        )
        self._steps = -(-len(train.places) // options.batch_size)
        self._optimizer = keras.optimizers.AdamW(
            self._schedule.rate,
            weight_decay=_DECAY,
            use_ema=True,
            ema_momentum=min(_MOST_AVERAGED, max(0.0, 1 - 2 / self._steps)),
            ema_overwrite_frequency=None,
        )
        self._optimizer.build(model.trainable_variables)
        self._step, self._outputs = self._compiled()

    def run(self, checkpoint: Checkpoint, stop: Stop, watcher: TrainingWatcher) -> None:
        """Train until the validation loss no longer falls, and leave the best weights in the model.

        What fine-tuning begins with counts, too: it may be the best.

        Raises:
            KeyboardInterrupt: in the first epoch, where there was nothing before it.
        """
        if not self._go_on(checkpoint, watcher) and self._stage == "fine-tune":
            self._schedule.improved(self._validated()[0], self.model.get_weights())
        try:
            while not self._is_over(stop):
                self._learn(watcher)
                watcher.epoch_ended(self.epochs[-1])
                checkpoint.save(self._state())
        except KeyboardInterrupt:
            if self._schedule.best is None:
                raise
            stop.was_interrupted = True
        assert self._schedule.best is not None
        self.model.set_weights(self._schedule.best)

    def _is_over(self, stop: Stop) -> bool:
        if len(self.epochs) >= self._options.most_epochs(self._stage) or self._schedule.is_over:
            return True
        return bool(self.epochs) and stop.time_is_up()

    def _learn(self, watcher: TrainingWatcher) -> None:
        number, began, rate = len(self.epochs) + 1, time.monotonic(), self._schedule.rate
        loss, score = self._pass(number, watcher)
        kept = self.model.get_weights()
        self._optimizer.finalize_variable_values(self.model.trainable_variables)
        averaged = self.model.get_weights()
        val_loss, val_score = self._validated()
        self.model.set_weights(kept)
        is_best = self._schedule.is_better(val_loss)
        if is_best:
            self._schedule.improved(val_loss, averaged)
        else:
            self._schedule.failed()
        epoch = Epoch(
            epoch=number,
            stage=self._stage,
            loss=loss,
            val_loss=val_loss,
            score=score,
            val_score=val_score,
            learning_rate=rate,
            seconds=time.monotonic() - began,
            is_best=is_best,
        )
        self.epochs.append(epoch)

    def _validated(self) -> tuple[float, float]:
        """Loss and score of the validation pictures."""
        outputs = self.outputs(self._val.pixels, self._val.places)
        scores, targets = self._measured(outputs, self._val.targets)
        return mean_loss(scores, targets), mean_score(scores, targets) * self._unit

    @property
    def _unit(self) -> float:
        return float(self._spread.mean())

    def _measured(self, outputs: Floats, targets: Targets) -> tuple[Floats, Targets]:
        """Scores and right answers in the units of the loss."""
        values = Targets(
            task=self._task, values=targets.values / self._spread, weights=targets.weights
        )
        return activated(outputs / self._spread, self._task), values

    def _pass(self, number: int, watcher: TrainingWatcher) -> tuple[float, float]:
        """Go once through the training pictures."""
        count = len(self._train.places)
        watcher.began(f"{self._stage}, epoch {number}", total=self._steps, unit="step")
        warm_up = min(_WARM_UP_STEPS, self._steps)
        loss = right = 0.0
        made = prefetch(
            lambda: self._batches(number),
            size_of=lambda batch: batch[0].nbytes,
            most_bytes=_WAITING_BYTES,
        )
        with closing(made) as batches:
            for step, (pixels, targets) in enumerate(batches, start=(number - 1) * self._steps + 1):
                self._optimizer.learning_rate.assign(self._schedule.rate * min(1.0, step / warm_up))
                outputs = np.asarray(self._step(pixels, targets.values, targets.weights))
                scores, measured = self._measured(outputs, targets)
                loss += mean_loss(scores, measured) * len(pixels)
                right += mean_score(scores, measured) * len(pixels)
                watcher.advanced(1)
        return loss / count, right / count * self._unit

    def _batches(self, number: int) -> Iterator[tuple[NDArray[np.uint8], Targets]]:
        lots = np.random.default_rng((self._options.seed, 3, number))
        order = lots.permutation(len(self._train.places))
        targets = self._train.targets
        for begin in range(0, len(order), self._options.batch_size):
            chosen = order[begin : begin + self._options.batch_size]
            pixels = self._train.pixels[self._train.places[chosen]]
            if self._options.augment:
                pixels = np.stack([varied(p, lots, flip=self._options.flip) for p in pixels])
            yield np.asarray(pixels), targets.of(chosen)

    def outputs(self, pixels: Rows, places: NDArray[np.int64]) -> Floats:
        """(N, C) outputs, without softmax or sigmoid, for some of (M, h, w, 3) pictures."""
        parts = [
            np.asarray(self._outputs(pixels[places[begin : begin + _VAL_BATCH]]))
            for begin in range(0, len(places), _VAL_BATCH)
        ]
        return np.concatenate(parts)

    def _compiled(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """Trace a step of training, and the network as it answers."""
        import tensorflow as tf

        model, optimizer, loss_of = self.model, self._optimizer, self._loss()
        height, width = model.input_shape[1:3]
        picture = tf.TensorSpec((None, height, width, 3), tf.uint8)
        row = tf.TensorSpec((None, model.output_shape[-1]), tf.float32)

        def step(pixels: Any, values: Any, weights: Any) -> Any:
            with tf.GradientTape() as tape:
                outputs = model(tf.cast(pixels, tf.float32), training=True)
                loss = tf.reduce_mean(weights * loss_of(values, outputs))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            return outputs

        def outputs(pixels: Any) -> Any:
            return model(tf.cast(pixels, tf.float32), training=False)

        weight = tf.TensorSpec((None,), tf.float32)
        return (
            tf.function(step, input_signature=[picture, row, weight], autograph=False),
            tf.function(outputs, input_signature=[picture], autograph=False),
        )

    def _loss(self) -> Callable[[Any, Any], Any]:
        """The loss of each picture, as a function of right answers and outputs."""
        import tensorflow as tf

        task, share, spread = self._task, self._options.label_smoothing, self._spread
        if task == "classes":
            return lambda values, outputs: tf.nn.softmax_cross_entropy_with_logits(
                smoothed(values, task, share), outputs
            )
        if task == "multi_label":
            return lambda values, outputs: tf.reduce_sum(
                tf.nn.sigmoid_cross_entropy_with_logits(smoothed(values, task, share), outputs), 1
            )
        return lambda values, outputs: (
            0.5 * tf.reduce_sum(tf.square((values - outputs) / spread), 1)
        )

    def _go_on(self, checkpoint: Checkpoint, watcher: TrainingWatcher) -> bool:
        """Go on from what an earlier process left; return whether it left anything."""
        state = checkpoint.load()
        if state is None or len(state.variables) != len(self.model.variables):
            return False
        for variable, value in zip(self.model.variables, state.variables, strict=True):
            variable.assign(value)
        for variable, value in zip(self._optimizer.variables, state.optimizer, strict=True):
            variable.assign(value)
        self.epochs = list(state.epochs)
        self._schedule.best = state.best
        self._schedule.rate = state.schedule["rate"]
        self._schedule.best_loss = state.schedule["best_loss"]
        self._schedule.waited = int(state.schedule["waited"])
        watcher.said(f"going on after epoch {len(self.epochs)} of a training that was stopped")
        return True

    def _state(self) -> TrainingState:
        schedule = self._schedule
        return TrainingState(
            epochs=self.epochs,
            variables=_arrays(self.model.variables),
            optimizer=_arrays(self._optimizer.variables),
            best=list(schedule.best or []),
            schedule={
                "rate": schedule.rate,
                "best_loss": schedule.best_loss,
                "waited": schedule.waited,
            },
        )


def thaw(model: Any, first: int) -> None:
    """Let the layers from a place on be trained; batch normalisation keeps its statistics."""
    keras = import_keras()
    for place, layer in enumerate(model.layers):
        is_normalisation = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = place >= first and not is_normalisation and layer.name != "scale"


def begin_repeatably(seed: int) -> None:
    """Let TensorFlow give the same numbers each time, as far as it can on one machine."""
    keras = import_keras()
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def _arrays(variables: Sequence[Any]) -> Arrays:
    return [np.asarray(variable) for variable in variables]
