"""Dense layers in NumPy go down the slope of the loss, and become Keras layers unchanged."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vidclf.training.head import Standard, outputs_on
from vidclf.training.layers import Dense, Trainer, first_layers, outputs_of

LOTS = np.random.default_rng(5)
INPUTS = LOTS.normal(size=(7, 4)).astype(np.float32)


def layers_of(*sizes: int) -> list[Dense]:
    return [
        Dense(
            kernel=LOTS.normal(size=(before, after)).astype(np.float32),
            bias=LOTS.normal(size=after).astype(np.float32),
        )
        for before, after in itertools.pairwise(sizes)
    ]


@pytest.mark.parametrize("sizes", [(4, 3), (4, 6, 3)])
def test_a_first_step_goes_against_the_sign_of_the_gradient(sizes: tuple[int, ...]) -> None:
    """AdamW's first step is the rate times the gradient's sign; here of the mean of outputs²/2."""
    layers = layers_of(*sizes)

    def loss(changed: list[Dense]) -> float:
        return float(0.5 * np.square(outputs_of(changed, INPUTS), dtype=np.float64).sum() / 7)

    trainer = Trainer(layers, dropout=0, decay=0, lots=np.random.default_rng(0))
    outputs, seen = trainer.forward(INPUTS)
    trainer.step(outputs / 7, seen, rate=1e-3)
    for number, layer in enumerate(layers):
        moved = trainer.layers[number].kernel - layer.kernel
        for place in np.ndindex(*layer.kernel.shape):
            nudge = np.zeros_like(layer.kernel)
            nudge[place] = 1e-2
            changed = list(layers)
            changed[number] = Dense(kernel=layer.kernel + nudge, bias=layer.bias)
            slope = loss(changed) - loss(layers)
            if abs(slope) > 1e-4:
                assert np.sign(moved[place]) == -np.sign(slope)
                assert abs(moved[place]) == pytest.approx(1e-3, rel=0.05)


def test_dropout_leaves_the_mean_as_it_is() -> None:
    layers = [Dense(kernel=np.eye(4, dtype=np.float32), bias=np.zeros(4, np.float32))]
    trainer = Trainer(layers, dropout=0.5, decay=0, lots=np.random.default_rng(0))
    outputs, _ = trainer.forward(np.ones((20_000, 4), np.float32))
    assert set(np.unique(outputs)) == {0, 2}
    assert outputs.mean() == pytest.approx(1, abs=0.02)


def test_kernels_decay_and_biases_do_not() -> None:
    layers = layers_of(4, 3)
    trainer = Trainer(layers, dropout=0, decay=0.1, lots=np.random.default_rng(0))
    _, seen = trainer.forward(INPUTS)
    trainer.step(np.zeros((7, 3), np.float32), seen, rate=1)
    np.testing.assert_allclose(trainer.layers[0].kernel, layers[0].kernel * 0.9, rtol=1e-6)
    np.testing.assert_array_equal(trainer.layers[0].bias, layers[0].bias)


def test_a_standard_is_folded_into_the_first_layer_and_undone_after_the_last() -> None:
    values = LOTS.normal(3, 5, (50, 4)).astype(np.float32)
    numbers = Standard.of(LOTS.normal(-2, 9, (50, 3)).astype(np.float32))
    scale = Standard.of(values)
    layer = layers_of(4, 3)[0]
    whole = numbers.undone_after(scale.folded_into(layer))
    expected = layer(scale(values)) * numbers.deviation + numbers.mean
    np.testing.assert_allclose(whole(values), expected, rtol=1e-4, atol=1e-3)
    assert scale(values).std(axis=0) == pytest.approx(np.ones(4), abs=1e-3)


def test_a_feature_that_never_changes_does_no_harm() -> None:
    scale = Standard.of(np.full((10, 2), 3, np.float32))
    assert np.isfinite(scale(np.full((1, 2), 3, np.float32))).all()


def test_first_layers_are_those_of_their_seed() -> None:
    for a, b in zip(first_layers(8, 5, 2, 3), first_layers(8, 5, 2, 3), strict=True):
        np.testing.assert_array_equal(a.kernel, b.kernel)
    assert not np.array_equal(
        first_layers(8, 5, 2, 3)[0].kernel, first_layers(8, 5, 2, 4)[0].kernel
    )


@pytest.mark.parametrize("sizes", [(4, 3), (4, 6, 3)])
def test_keras_computes_what_the_layers_compute(sizes: tuple[int, ...]) -> None:
    from vidclf.models.keras_files.loading import import_keras
    from vidclf.training.losses import activated
    from vidclf.training.network import head_of, with_head

    keras = import_keras()
    pixels = keras.Input((4,))
    layers = layers_of(*sizes)
    model = with_head(keras.Model(pixels, pixels), layers, task="classes", dropout=0.5, name="n")
    expected = activated(outputs_on(layers, INPUTS), "classes")
    np.testing.assert_allclose(np.asarray(model(INPUTS)), expected, atol=1e-6)
    for layer, kept in zip(layers, head_of(model), strict=True):
        np.testing.assert_array_equal(layer.kernel, kept.kernel)
