"""The Keras network of a backbone, or of nothing, and a head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vidclf.dataset.examples import Task
from vidclf.models.keras_files.loading import import_keras
from vidclf.training.layers import Dense

_ACTIVATIONS: dict[Task, str] = {
    "classes": "softmax",
    "multi_label": "sigmoid",
    "regression": "linear",
}
_SCRATCH_FILTERS = (32, 64, 128, 256)


def with_head(
    features: Any, layers: Sequence[Dense], *, task: Task | None, dropout: float, name: str
) -> Any:
    """Put a head on a network.

    Args:
        features: a `keras.Model` of features (N, F).
        layers: the head's, which take features as they are.
        task: what its outputs are made to; None leaves them without softmax or sigmoid.
        dropout: the share of inputs of each layer that is left out in training.
        name: what the network is called.

    Returns:
        A `keras.Model`: (N, h, w, 3) RGB of 0 to 255 → (N, C).
    """
    keras = import_keras()
    values = features.output
    made = []
    for number, layer in enumerate(layers):
        is_last = number == len(layers) - 1
        activation = (_ACTIVATIONS[task] if task else "linear") if is_last else "relu"
        dense = keras.layers.Dense(
            layer.bias.size, activation=activation, name="scores" if is_last else "hidden"
        )
        values = dense(keras.layers.Dropout(dropout, name=f"{dense.name}_dropout")(values))
        made.append(dense)
    model = keras.Model(features.input, values, name=name)
    for dense, layer in zip(made, layers, strict=True):
        dense.set_weights([layer.kernel, layer.bias])
    return model


def head_of(model: Any) -> list[Dense]:
    """Return the head's layers of a network that `with_head` made."""
    import numpy as np

    dense = [layer for layer in model.layers if layer.name in ("hidden", "scores")]
    weights = [[np.asarray(part) for part in layer.get_weights()] for layer in dense]
    return [Dense(kernel=kernel, bias=bias) for kernel, bias in weights]


def small_network(input_size: tuple[int, int], *, seed: int) -> Any:
    """Make a network of four blocks, each a convolution, batch normalisation, ReLU and pooling.

    Args:
        input_size: (height, width) in pixels, at least 16x16.
        seed: of its first weights.

    Returns:
        A `keras.Model`: (N, h, w, 3) RGB of 0 to 255 → (N, 256) features.
    """
    keras = import_keras()
    keras.utils.set_random_seed(seed)
    pixels = keras.Input((*input_size, 3), name="pixels")
    values = keras.layers.Rescaling(1 / 127.5, -1, name="scale")(pixels)
    for number, filters in enumerate(_SCRATCH_FILTERS, start=1):
        block = f"block{number}"
        for layer in (
            keras.layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{block}_conv"),
            keras.layers.BatchNormalization(momentum=0.9, name=f"{block}_bn"),
            keras.layers.ReLU(name=f"{block}_relu"),
            keras.layers.MaxPooling2D(name=f"{block}_pool"),
        ):
            values = layer(values)
    return keras.Model(pixels, keras.layers.GlobalAveragePooling2D(name="pool")(values))
