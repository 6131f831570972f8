"""A head learns what features tell, the same each time, and keeps its best epoch."""

from __future__ import annotations

import numpy as np
import pytest

from vidclf.dataset.examples import Task
from vidclf.training.calibration import cooled, fit_temperature
from vidclf.training.head import FeatureSet, outputs_on, train_head
from vidclf.training.layers import Dense
from vidclf.training.losses import activated, mean_loss, mean_score
from vidclf.training.options import TrainingOptions
from vidclf.training.schedule import Schedule
from vidclf.training.targets import Targets
from vidclf.training.watcher import Epoch, Stop

NEVER = Stop(at=None)


def features_of(task: Task, count: int, seed: int) -> FeatureSet:
    """Features of which sums of some are the answers, with some noise."""
    lots = np.random.default_rng(seed)
    features = lots.normal(2, 3, (count, 12)).astype(np.float32)
    signal = features[:, :3] + lots.normal(0, 0.3, (count, 3)).astype(np.float32)
    if task == "classes":
        values = np.eye(3, dtype=np.float32)[signal.argmax(axis=1)]
    elif task == "multi_label":
        values = (signal > 2).astype(np.float32)
    else:
        values = 40 + 7 * signal[:, :1] - 2 * signal[:, 1:2]
    weights = np.ones(count, np.float32)
    return FeatureSet(features=features, targets=Targets(task=task, values=values, weights=weights))


def learnt(
    task: Task, options: TrainingOptions, *, stop: Stop = NEVER
) -> tuple[list[Dense], list[Epoch]]:
    epochs: list[Epoch] = []
    layers = train_head(
        features_of(task, 600, 0), features_of(task, 200, 1), options, stop=stop,
        on_epoch=epochs.append,
    )  # fmt: skip
    return layers, epochs


@pytest.mark.parametrize(
    ("task", "least"), [("classes", 0.85), ("multi_label", 0.9), ("regression", None)]
)
@pytest.mark.parametrize("dense", [None, 32])
def test_it_learns_what_can_be_learnt(task: Task, least: float | None, dense: int | None) -> None:
    options = TrainingOptions(dense=dense, dropout=0.1, learning_rate=3e-3)
    layers, _ = learnt(task, options)
    new = features_of(task, 300, 2)
    outputs = outputs_on(layers, new.features)
    score = mean_score(activated(outputs, task), new.targets)
    if least is not None:
        assert score > least
    else:
        assert score < 0.25 * np.abs(new.targets.values - new.targets.values.mean()).mean()


def test_the_same_options_give_the_same_weights() -> None:
    first, again = (learnt("classes", TrainingOptions(epochs=3))[0] for _ in range(2))
    other, _ = learnt("classes", TrainingOptions(epochs=3, seed=1))
    np.testing.assert_array_equal(first[0].kernel, again[0].kernel)
    assert not np.array_equal(first[0].kernel, other[0].kernel)


def test_the_best_epoch_is_kept() -> None:
    layers, epochs = learnt("classes", TrainingOptions(learning_rate=0.05, dropout=0))
    val = features_of("classes", 200, 1)
    kept = mean_loss(activated(outputs_on(layers, val.features), "classes"), val.targets)
    assert kept == pytest.approx(min(epoch.val_loss for epoch in epochs), rel=1e-3)
    assert [epoch for epoch in epochs if epoch.is_best][-1].val_loss == min(
        epoch.val_loss for epoch in epochs
    )
    assert len(epochs) < 60  # it ended when the loss no longer fell
    assert epochs[-1].learning_rate < epochs[0].learning_rate


def test_an_interrupt_keeps_the_best_so_far() -> None:
    stop = Stop(at=None)
    seen: list[Epoch] = []

    def on_epoch(epoch: Epoch) -> None:
        seen.append(epoch)
        if len(seen) == 2:
            raise KeyboardInterrupt

    train, val = features_of("classes", 300, 0), features_of("classes", 100, 1)
    layers = train_head(train, val, TrainingOptions(), stop=stop, on_epoch=on_epoch)
    assert stop.was_interrupted
    assert layers[0].kernel.any()


def test_an_interrupt_before_there_is_anything_is_one() -> None:
    def on_epoch(epoch: Epoch) -> None:
        raise AssertionError("no epoch was over")

    train, val = features_of("classes", 300, 0), features_of("classes", 100, 1)

    class Interrupting(Stop):
        def time_is_up(self) -> bool:
            raise KeyboardInterrupt

    options = TrainingOptions(epochs=1)
    layers = train_head(train, val, options, stop=Interrupting(at=None), on_epoch=lambda e: None)
    assert layers
    broken = FeatureSet(features=_InterruptedArray.of(train.features), targets=train.targets)
    with pytest.raises(KeyboardInterrupt):
        train_head(broken, val, options, stop=NEVER, on_epoch=on_epoch)


class _InterruptedArray(np.ndarray):  # type: ignore[type-arg]
    """Features at whose reading Ctrl-C is pressed."""

    @classmethod
    def of(cls, values: np.ndarray) -> _InterruptedArray:  # type: ignore[type-arg]
        return values.view(cls)

    def __getitem__(self, place: object) -> object:
        if isinstance(place, np.ndarray):
            raise KeyboardInterrupt
        return super().__getitem__(place)  # type: ignore[index]


def test_time_that_is_up_ends_it_after_an_epoch() -> None:
    _, epochs = learnt("classes", TrainingOptions(), stop=Stop(at=0))
    assert len(epochs) == 1


def test_a_sample_of_more_weight_counts_more() -> None:
    both = np.array([[1, 0], [0, 1]] * 40, np.float32)
    features = np.ones((80, 2), np.float32)  # which tell nothing
    weights = np.array([3, 1] * 40, np.float32) / 2
    told = FeatureSet(
        features=features, targets=Targets(task="classes", values=both, weights=weights)
    )
    options = TrainingOptions(
        dropout=0, label_smoothing=0, learning_rate=0.05, epochs=60, batch_size=80
    )
    layers = train_head(told, told, options, stop=NEVER, on_epoch=lambda epoch: None)
    scores = activated(outputs_on(layers, features[:1]), "classes")
    assert scores[0, 0] == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize("task", ["classes", "multi_label"])
def test_the_temperature_that_was_there_is_found(task: Task) -> None:
    lots = np.random.default_rng(0)
    outputs = lots.normal(0, 3, (8000, 4))
    if task == "classes":
        drawn = lots.gumbel(size=outputs.shape) + outputs
        values = np.eye(4, dtype=np.float32)[drawn.argmax(axis=1)]
    else:
        values = (lots.random(outputs.shape) < activated(outputs, task)).astype(np.float32)
    targets = Targets(task=task, values=values, weights=np.ones(8000, np.float32))
    for too_sure in (0.4, 1.0, 2.5):
        assert fit_temperature(outputs * too_sure, targets) == pytest.approx(too_sure, rel=0.06)


def test_a_layer_is_cooled_by_its_weights() -> None:
    layer = Dense(kernel=np.eye(3, dtype=np.float32), bias=np.ones(3, np.float32))
    inputs = np.array([[1, 2, 3]], np.float32)
    np.testing.assert_allclose(cooled(layer, 4)(inputs), layer(inputs) / 4)


def test_numbers_have_no_temperature() -> None:
    ones = np.ones((3, 1), np.float32)
    targets = Targets(task="regression", values=ones, weights=ones[:, 0])
    assert fit_temperature(ones * 9, targets) == 1


def test_the_rate_falls_on_a_plateau_and_the_stage_ends() -> None:
    schedule: Schedule[str] = Schedule(rate=1.0, patience=4, plateau=2, factor=0.1)
    for number, loss in enumerate([3.0, 2.0, 2.5, 2.2]):
        if schedule.is_better(loss):
            schedule.improved(loss, f"epoch {number}")
        else:
            schedule.failed()
    assert (schedule.best, schedule.rate, schedule.is_over) == ("epoch 1", 0.1, False)
    for _ in range(2):
        schedule.failed()
    assert schedule.is_over
