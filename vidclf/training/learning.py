"""What is learnt, stage after stage: the head, the last blocks, or all of a small network."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf._version import __version__
from vidclf.dataset.examples import LabelledSet
from vidclf.dataset.samples import PictureRule
from vidclf.dataset.split import TEST, TRAIN, VAL, Split, split_samples
from vidclf.errors import DataError
from vidclf.training.backbone import Backbone
from vidclf.training.calibration import cooled, fit_temperature
from vidclf.training.checkpoint import Checkpoint
from vidclf.training.collecting import Collection
from vidclf.training.head import FeatureSet, Standard, outputs_on, train_head
from vidclf.training.layers import Dense, first_layers
from vidclf.training.losses import activated
from vidclf.training.options import Stage, TrainingOptions
from vidclf.training.targets import Floats, targets_of
from vidclf.training.watcher import Epoch, Stop, TrainingWatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What came out."""

    model: Any
    """The `keras.Model`, with softmax or sigmoid, and its temperature in it."""
    epochs: Sequence[Epoch]
    """How it was trained."""
    scores: Floats
    """(N, C) its scores, or values, of all samples that are measured by, by their places."""
    measured: NDArray[np.int64]
    """(N,) the places of these samples."""
    temperature: float
    """What its outputs were divided by."""


class Learning:
    """Trains on a collection that was split."""

    def __init__(
        self,
        data: LabelledSet,
        collection: Collection,
        split: Split,
        backbone: Backbone | None,
        rule: PictureRule,
        options: TrainingOptions,
    ) -> None:
        self.data, self.collection, self.split = data, collection, split
        self.backbone, self.rule, self.options = backbone, rule, options
        self.targets = targets_of(
            data,
            collection.samples,
            trained=split.parts == TRAIN,
            class_weights=options.class_weights,
        )
        self.train_places = np.flatnonzero(split.parts == TRAIN)
        self.val_places = np.flatnonzero(split.parts == VAL)
        self.test_places = np.flatnonzero(split.parts == TEST)
        self.digest = self._data_digest()

    def run(self, stop: Stop, watcher: TrainingWatcher) -> Trained:
        """Learn all that is to be learnt."""
        epochs: list[Epoch] = []

        def on_epoch(epoch: Epoch) -> None:
            epochs.append(epoch)
            watcher.epoch_ended(epoch)

        if self.backbone is None:
            return self._learn_pictures("scratch", self._small_network(), [], stop, watcher)
        watcher.began("head", total=self.options.most_epochs("head"), unit="epoch")
        layers = train_head(
            self._features(self.train_places),
            self._features(self.val_places, copies=False),
            self.options,
            stop=stop,
            on_epoch=on_epoch,
        )
        if self.options.fine_tune and not (stop.was_interrupted or stop.time_is_up()):
            return self._learn_pictures("fine-tune", self._thawed(layers), epochs, stop, watcher)
        return self._head_alone(layers, epochs)

    def _features(self, places: NDArray[np.int64], *, copies: bool = True) -> FeatureSet:
        """The features of some samples, in training with those of their varied copies."""
        features = self.collection.features
        assert features is not None
        each = self.collection.rows_each
        rows = places[:, None] * each + np.arange(each if copies else 1)
        return FeatureSet(
            features=features.taken(rows.ravel()),
            targets=self.targets.of(np.repeat(places, rows.shape[1])),
        )

    def _head_alone(self, layers: list[Dense], epochs: Sequence[Epoch]) -> Trained:
        from vidclf.training.network import with_head

        assert self.backbone is not None
        measured = np.concatenate([self.val_places, self.test_places])
        outputs = outputs_on(layers, self._features(measured, copies=False).features)
        temperature = self._temperature(outputs)
        layers = [*layers[:-1], cooled(layers[-1], temperature)]
        model = with_head(
            self.backbone.load(),
            layers,
            task=self.data.task,
            dropout=self.options.dropout_of("head"),
            name="vidclf_model",
        )
        return self._trained(model, epochs, outputs, measured, temperature)

    def _learn_pictures(
        self,
        stage: Stage,
        model: Any,
        epochs: Sequence[Epoch],
        stop: Stop,
        watcher: TrainingWatcher,
    ) -> Trained:
        """Train layers of the network itself, on pictures."""
        from vidclf.training.keras_stage import KerasStage, PictureSet
        from vidclf.training.network import head_of, with_head

        pixels = self.collection.pixels
        assert pixels is not None

        def pictures(places: NDArray[np.int64]) -> PictureSet:
            return PictureSet(pixels=pixels, places=places, targets=self.targets.of(places))

        checkpoint = Checkpoint(name=f"training of {self.data.name}", digest=self._run_digest())
        learner = KerasStage(
            model,
            stage,
            pictures(self.train_places),
            pictures(self.val_places),
            self.options,
            spread=self._spread(),
        )
        learner.run(checkpoint, stop, watcher)
        measured = np.concatenate([self.val_places, self.test_places])
        outputs = learner.outputs(pixels, measured)
        temperature = self._temperature(outputs)
        layers = head_of(model)
        layers[-1] = cooled(layers[-1], temperature)
        finished = with_head(
            _without_head(model),
            layers,
            task=self.data.task,
            dropout=self.options.dropout_of(stage),
            name="vidclf_model",
        )
        if not stop.was_interrupted:
            checkpoint.remove()
        return self._trained(finished, [*epochs, *learner.epochs], outputs, measured, temperature)

    def _thawed(self, layers: list[Dense]) -> Any:
        from vidclf.training.keras_stage import begin_repeatably, thaw
        from vidclf.training.network import with_head

        assert self.backbone is not None
        begin_repeatably(self.options.seed)
        model = with_head(
            self.backbone.load(),
            layers,
            task=None,
            dropout=self.options.dropout_of("fine-tune"),
            name="training",
        )
        thaw(model, self.backbone.first_thawed(self.options.fine_tune))
        return model

    def _small_network(self) -> Any:
        from vidclf.training.keras_stage import begin_repeatably
        from vidclf.training.network import small_network, with_head

        begin_repeatably(self.options.seed)
        features = small_network(self.rule.input_size, seed=self.options.seed)
        outputs = len(self.data.labels)
        layers = first_layers(
            features.output_shape[-1], self.options.dense, outputs, self.options.seed
        )
        if self.data.task == "regression":  # begins with the mean, in units of the deviation
            numbers = Standard.of(self.targets.of(self.train_places).values)
            layers[-1] = numbers.undone_after(layers[-1])
        return with_head(
            features, layers, task=None, dropout=self.options.dropout_of("scratch"), name="training"
        )

    def _spread(self) -> Floats:
        if self.data.task == "regression":
            return Standard.of(self.targets.of(self.train_places).values).deviation
        return np.ones(len(self.data.labels), np.float32)

    def _temperature(self, outputs: Floats) -> float:
        """From the validation pictures, which come first."""
        count = len(self.val_places)
        return fit_temperature(outputs[:count], self.targets.of(self.val_places))

    def _trained(
        self,
        model: Any,
        epochs: Sequence[Epoch],
        outputs: Floats,
        measured: NDArray[np.int64],
        temperature: float,
    ) -> Trained:
        return Trained(
            model=model,
            epochs=list(epochs),
            scores=activated(outputs / np.float32(temperature), self.data.task),
            measured=measured,
            temperature=temperature,
        )

    def accuracy_without_leaks(self) -> tuple[float, float] | None:
        """Validate heads of a random split, and of one that keeps together what belongs together.

        Returns:
            The validation scores of both; None without a backbone, or where it cannot be told.
        """
        if self.backbone is None or self.data.task == "regression":
            return None
        try:
            grouped = split_samples(
                self.data,
                self.collection.samples,
                self.collection.looks,
                how="grouped",
                seed=self.options.seed,
            )
        except DataError:
            return None
        options = replace(self.options, fine_tune=0, epochs=None, learning_rate=None)
        scores = []
        for split in (self.split, grouped):
            part = Learning(self.data, self.collection, split, self.backbone, self.rule, options)
            epochs: list[Epoch] = []
            train_head(
                part._features(part.train_places),
                part._features(part.val_places, copies=False),
                options,
                stop=Stop(at=None),
                on_epoch=epochs.append,
            )
            best = min(epochs, key=lambda epoch: epoch.val_loss)
            scores.append(best.val_score)
        return scores[0], scores[1]

    def _data_digest(self) -> str:
        """SHA-256 over all pictures, their labels and parts."""
        values, weights = self.targets.values, self.targets.weights
        lines = [
            f"{sample.digest} {values[place].tolist()} {weights[place]:g} {self.split.parts[place]}"
            for place, sample in enumerate(self.collection.samples)
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()

    def _run_digest(self) -> str:
        """Tell this training from all others: by data, backbone and options that matter to it."""
        options = {**asdict(self.options), "max_minutes": None, "split": None}
        backbone = self.backbone.digest if self.backbone else ""
        told = (
            f"{__version__} {self.digest} {backbone} {self.rule} {sorted(options.items(), key=str)}"
        )
        return hashlib.sha256(told.encode()).hexdigest()


def _without_head(model: Any) -> Any:
    """The network up to its features."""
    from vidclf.models.keras_files.loading import import_keras

    first = next(layer for layer in model.layers if layer.name.endswith("_dropout"))
    return import_keras().Model(model.input, first.input)
