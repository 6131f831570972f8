"""Models that vidclf must refuse, and what it must say of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from helpers.zoo.entries import Refused
from helpers.zoo.making import quietly_legacy, save
from helpers.zoo.networks import WINDOW, cnn, each_frame, flat

Write = Callable[[Any, Path], None]


def saved(build: Callable[[Any], Any]) -> Write:
    """Build and save."""
    return lambda lib, path: save(build(lib), path)


def own_layer(lib: Any) -> Any:
    """A class that the file does not have."""

    class Twice(lib.layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            return 2 * x

    return cnn(first=lambda layers: [Twice(name="twice")])(lib)


def own_activation(lib: Any) -> Any:
    """A function that the file does not have."""

    def wave(x: Any) -> Any:
        return x * x

    return cnn(first=lambda layers: [layers.Activation(wave, name="wave")])(lib)


def with_lambda(lib: Any) -> Any:
    """Python code in the file."""
    return cnn(first=lambda layers: [layers.Lambda(lambda x: x / 255, name="scale")])(lib)


def two_inputs(lib: Any) -> Any:
    layers = lib.layers
    picture, numbers = lib.Input((32, 32, 3), name="picture"), lib.Input((4,), name="numbers")
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(picture))
    x = layers.Concatenate()([x, numbers])
    return lib.Model([picture, numbers], layers.Dense(5, activation="softmax")(x))


def two_outputs(lib: Any) -> Any:
    layers = lib.layers
    picture = lib.Input((32, 32, 3))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(picture))
    heads = [layers.Dense(n, activation="softmax", name=f"head_{n}")(x) for n in (5, 3)]
    return lib.Model(picture, heads)


def vector(lib: Any) -> Any:
    """As the first network of many courses."""
    hidden = lib.layers.Dense(16, activation="relu")
    return lib.Sequential([lib.Input((784,)), hidden, lib.layers.Dense(10, activation="softmax")])


def masks(lib: Any) -> Any:
    """An answer for each pixel."""
    convolution = lib.layers.Conv2D(5, 1, activation="softmax")
    return lib.Sequential([lib.Input((32, 32, 3)), convolution])


def stateful(lib: Any) -> Any:
    taken = lib.Input(batch_shape=(1, WINDOW, 32, 32, 3))
    x = taken
    for layer in [*each_frame(lib.layers), lib.layers.GRU(8, stateful=True, name="memory")]:
        x = layer(x)
    return lib.Model(taken, lib.layers.Dense(5, activation="softmax")(x))


def weights(lib: Any, path: Path) -> None:
    with quietly_legacy():
        cnn()(lib).save_weights(path)


def unbuilt(lib: Any, path: Path) -> None:
    model = lib.Sequential([lib.layers.Flatten(), lib.layers.Dense(5, activation="softmax")])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not yet been built")
        save(model, path)


def architecture(lib: Any, path: Path) -> None:
    path.write_text(cnn()(lib).to_json(), encoding="utf-8")


def subclassed(lib: Any) -> Any:
    """A class of its own for the whole network."""

    class Net(lib.Model):  # type: ignore[misc, name-defined]
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.dense = lib.layers.Dense(5, activation="softmax")

        def call(self, x: Any) -> Any:
            return self.dense(lib.layers.Flatten()(x))

    model = Net()
    model(np.zeros((1, 32, 32, 3), np.float32))
    return model


HARD_SWISH = flat("MobileNetV3Small")
"""Keras 3 cannot read what it saved: its arithmetic is lost in HDF5."""
FOUR_CHANNELS = cnn(shape=(32, 32, 4))
SURE = cnn(units=1)
ANY_SIZE = cnn(shape=(None, None, 3))

REFUSED = tuple(
    Refused(name=name, library=library, kind=kind, write=write, words=words)  # type: ignore[arg-type]
    for name, library, kind, write, words in (
        ("own layer", "tf_keras", ".h5", saved(own_layer), "a part of its own, .*Twice"),
        ("own layer", "keras", ".keras", saved(own_layer), "a part of its own, .*Twice"),
        ("own activation", "tf_keras", ".h5", saved(own_activation), "a part of its own, .*wave"),
        ("own activation", "keras", ".keras", saved(own_activation), "a part of its own, .*wave"),
        (
            "MobileNetV3Small",
            "keras",
            ".h5",
            saved(HARD_SWISH),
            "cannot be loaded .* as .keras",
        ),
        ("own network", "keras", ".keras", saved(subclassed), "a part of its own, .*Net"),
        ("Lambda", "tf_keras", ".h5", saved(with_lambda), "carries Python code .*'scale'"),
        ("Lambda", "tf_keras", ".keras", saved(with_lambda), "carries Python code .*'scale'"),
        ("Lambda", "keras", ".h5", saved(with_lambda), "carries Python code .*'scale'"),
        ("Lambda", "keras", ".keras", saved(with_lambda), "carries Python code .*'scale'"),
        ("two inputs", "tf_keras", ".h5", saved(two_inputs), "takes 2 inputs .*numbers"),
        ("two inputs", "keras", ".keras", saved(two_inputs), "takes 2 inputs .*numbers"),
        ("two inputs", "keras", "SavedModel", saved(two_inputs), "takes 2 inputs .*numbers"),
        ("two outputs", "tf_keras", "SavedModel", saved(two_outputs), "gives 2 outputs .*head_3"),
        ("two outputs", "keras", ".keras", saved(two_outputs), "gives 2 outputs "),
        ("vector of 784", "tf_keras", ".h5", saved(vector), r"takes input of shape \(784,\)"),
        ("vector of 784", "keras", "SavedModel", saved(vector), r"takes input of shape \(784,\)"),
        ("4 channels", "tf_keras", ".h5", saved(FOUR_CHANNELS), r"\(32, 32, 4\), with no channels"),
        ("4 channels", "keras", ".keras", saved(FOUR_CHANNELS), r"\(32, 32, 4\), with no channels"),
        ("masks", "keras", ".keras", saved(masks), "not one number for each class"),
        ("stateful GRU", "tf_keras", ".h5", saved(stateful), "keeps a state .*'memory'"),
        ("stateful GRU", "keras", ".keras", saved(stateful), "keeps a state .*'memory'"),
        ("softmax over one", "keras", ".keras", saved(SURE), "a softmax over one output"),
        ("any size, unsaid", "tf_keras", ".h5", saved(ANY_SIZE), "give --input-size"),
        ("weights only", "tf_keras", ".h5", weights, "holds weights only"),
        ("weights only", "keras", ".weights.h5", weights, "holds weights only"),
        ("unbuilt", "tf_keras", ".keras", unbuilt, "saved before it was built"),
        ("unbuilt", "keras", ".keras", unbuilt, "saved before it was built"),
        ("to_json", "keras", ".h5", architecture, "a description of a network at best"),
    )
)
