"""A tiny Keras classifier whose answers differ from frame to frame."""

from __future__ import annotations

from typing import Any

from vidclf.models.keras_files.loading import import_keras

COLOURS = ("dark", "red", "green", "blue")


def build_tiny_model(*, scaling: bool = True, head: str = "softmax", units: int = 4) -> Any:
    """A network whose answers depend on the picture's average colour in its upper part."""
    keras = import_keras()
    keras.utils.set_random_seed(7)
    layers = [keras.layers.Input((24, 32, 3))]
    if scaling:
        layers.append(keras.layers.Rescaling(1 / 255))
    layers += [
        keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(units, activation=head, kernel_initializer="he_uniform"),
    ]
    model = keras.Sequential(layers)
    weights = model.get_weights()
    weights[-2] = weights[-2] * 12  # let the answers differ from frame to frame
    model.set_weights(weights)
    return model
