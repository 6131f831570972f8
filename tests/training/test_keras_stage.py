"""A network is trained epoch by epoch, and goes on where it was killed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vidclf.training.checkpoint import Checkpoint
from vidclf.training.keras_stage import KerasStage, PictureSet, begin_repeatably, thaw
from vidclf.training.layers import first_layers
from vidclf.training.network import small_network, with_head
from vidclf.training.options import TrainingOptions
from vidclf.training.targets import Targets
from vidclf.training.watcher import Epoch, SilentTrainingWatcher, Stop

ONES = np.ones(2, np.float32)
OPTIONS = TrainingOptions(from_scratch=True, epochs=3, batch_size=8, learning_rate=3e-3)


def pictures(count: int, seed: int) -> PictureSet:
    """Noise that is lighter above or below."""
    lots = np.random.default_rng(seed)
    below = lots.integers(0, 2, count)
    pixels = lots.integers(0, 120, (count, 16, 16, 3), np.uint8)
    for place, is_below in enumerate(below):
        pixels[place, 8 * is_below : 8 * is_below + 8] += 110
    values = np.eye(2, dtype=np.float32)[below]
    targets = Targets(task="classes", values=values, weights=np.ones(count, np.float32))
    return PictureSet(pixels=pixels, places=np.arange(count), targets=targets)


def network() -> Any:
    begin_repeatably(0)
    features = small_network((16, 16), seed=0)
    return with_head(features, first_layers(256, None, 2, 0), task=None, dropout=0.2, name="n")


def stage(model: Any, options: TrainingOptions = OPTIONS) -> KerasStage:
    return KerasStage(model, "scratch", pictures(40, 0), pictures(20, 1), options, spread=ONES)


class Watching(SilentTrainingWatcher):
    """Does something at the end of each epoch."""

    def __init__(self, what: Callable[[Epoch], None]) -> None:
        self.epoch_ended = what  # type: ignore[method-assign]


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def whole() -> KerasStage:
    """A stage that nothing disturbed."""
    trained = stage(network())
    trained.run(Checkpoint(name="test", digest="01" * 32), Stop(at=None), SilentTrainingWatcher())
    return trained


def test_it_learns(whole: KerasStage) -> None:
    new = pictures(60, 2)
    answers = whole.outputs(new.pixels, new.places).argmax(axis=1)
    assert (answers == new.targets.truth).mean() > 0.9
    assert [epoch.epoch for epoch in whole.epochs] == [1, 2, 3]


def test_the_same_words_give_the_same_weights_also_after_a_kill(whole: KerasStage) -> None:
    def kill(epoch: Epoch) -> None:
        if epoch.epoch == 3:
            raise KilledError

    checkpoint = Checkpoint(name="test", digest="02" * 32)
    with pytest.raises(KilledError):
        stage(network()).run(checkpoint, Stop(at=None), Watching(kill))
    told: list[int] = []
    again = stage(network())
    again.run(checkpoint, Stop(at=None), Watching(lambda epoch: told.append(epoch.epoch)))
    assert told == [3]
    for a, b in zip(again.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [epoch.val_loss for epoch in again.epochs] == [e.val_loss for e in whole.epochs]


def test_the_weights_of_the_best_epoch_are_left_in_the_model(whole: KerasStage) -> None:
    from vidclf.training.losses import activated, mean_loss

    val = pictures(20, 1)
    loss = mean_loss(activated(whole.outputs(val.pixels, val.places), "classes"), val.targets)
    assert loss == pytest.approx(min(epoch.val_loss for epoch in whole.epochs), rel=1e-5)


def test_an_interrupt_keeps_the_best_and_time_that_is_up_ends_it() -> None:
    def interrupt(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    stop = Stop(at=None)
    stopped = stage(network())
    stopped.run(Checkpoint(name="test", digest="03" * 32), stop, Watching(interrupt))
    assert stop.was_interrupted
    stopped.run(Checkpoint(name="test", digest="04" * 32), Stop(at=0), SilentTrainingWatcher())
    assert len(stopped.epochs) == 1


def test_frozen_layers_and_batch_normalisation_stay_as_they_are() -> None:
    model = network()
    thaw(model, [layer.name for layer in model.layers].index("block4_conv"))
    before = {layer.name: layer.get_weights() for layer in model.layers}
    options = TrainingOptions(epochs=1, batch_size=20, fine_tune=1)
    tuned = KerasStage(model, "fine-tune", pictures(40, 0), pictures(20, 1), options, spread=ONES)
    tuned.run(Checkpoint(name="test", digest="05" * 32), Stop(at=None), SilentTrainingWatcher())
    moved = {
        layer.name
        for layer in model.layers
        if any(
            not np.array_equal(a, b)
            for a, b in zip(before[layer.name], layer.get_weights(), strict=True)
        )
    }
    assert moved == {"scores", "block4_conv"}


def test_fine_tuning_never_leaves_less_than_it_began_with(whole: KerasStage) -> None:
    before = whole.model.get_weights()
    thaw(whole.model, 0)
    options = TrainingOptions(epochs=2, batch_size=8, fine_tune=1, learning_rate=30)
    harmed = KerasStage(
        whole.model, "fine-tune", pictures(40, 0), pictures(20, 1), options, spread=ONES
    )
    harmed.run(Checkpoint(name="test", digest="06" * 32), Stop(at=None), SilentTrainingWatcher())
    assert not any(epoch.is_best for epoch in harmed.epochs)
    for a, b in zip(before, whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
