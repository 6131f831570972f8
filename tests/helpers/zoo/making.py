"""Building the models of the zoo, letting them answer, and saving them."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from helpers.zoo.entries import (
    Array,
    Entry,
    Library,
    Made,
    Refused,
    inputs_for,
    other_than,
    pictures,
    scores_of,
)


def library(name: Library) -> Any:
    """`keras` or `tf_keras`, imported quietly."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return importlib.import_module(name)


def make(entry: Entry, folder: Path) -> Made:
    """Build a model, let it answer in memory, and save it."""
    lib = library(entry.library)
    lib.utils.set_random_seed(3)
    pixels = pictures(entry.size, entry.window)
    with precision_kept(lib):
        model = entry.build(lib)
        asked = entry.twin(lib) if entry.twin else model
    spread(lib, asked, entry, inputs_for(entry, pixels))
    model.set_weights(asked.get_weights())
    if entry.loss is not None:
        model.compile(loss=entry.loss(lib) if callable(entry.loss) else entry.loss)
    path = folder / ("model" if entry.kind == "SavedModel" else f"model{entry.kind}")
    save(model, path)
    fed = [inputs_for(entry, pixels), inputs_for(entry, pixels, other_than(entry))]
    reference, otherwise = np.split(answers(asked, entry, np.concatenate(fed)), 2)  # one is dear
    return Made(path=path, pixels=pixels, reference=reference, otherwise=otherwise)


def write(refused: Refused, folder: Path) -> Path:
    """Write a file that is to be refused."""
    lib = library(refused.library)
    lib.utils.set_random_seed(3)
    path = folder / ("model" if refused.kind == "SavedModel" else f"model{refused.kind}")
    refused.write(lib, path)
    return path


def answers(model: Any, entry: Entry, inputs: Array) -> Array:
    """What plain Keras says, as a table holds it."""
    if entry.twin:
        inputs = np.moveaxis(inputs, -3, -1)
    return scores_of(entry, np.asarray(model(inputs, training=False)))


def spread(lib: Any, model: Any, entry: Entry, inputs: Array) -> None:
    """Set the last Dense so that random weights still tell picture from picture."""
    if entry.twin:
        inputs = np.moveaxis(inputs, -3, -1)
    head = [layer for layer in model.layers if type(layer).__name__ == "Dense"][-1]
    features = np.asarray(
        lib.Model(model.inputs[0], head.input)(inputs, training=False), np.float64
    )
    told, kernel = _directions(features, units=head.units)
    sizes = 3.0 ** np.arange(head.units) if entry.head == "regression" else 1.5
    sizes = 5.0 if head.units > 100 else sizes
    bias = sizes * (3 if entry.head == "regression" else 0) - told.mean(axis=0) * sizes
    head.set_weights([kernel * sizes, bias])


def _directions(features: Array, *, units: int) -> tuple[Array, Array]:
    """Where (N, D) features differ most, at random: (N, units) of deviation 1, and their kernel."""
    axes = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)[2][:3]
    each = (features @ axes.T).std(axis=0)
    mixed = np.random.default_rng(1).normal(size=(len(axes), units))
    kernel = axes.T @ (mixed / each[:, None])
    kernel /= (features @ kernel).std(axis=0)
    return features @ kernel, kernel


def settle(backbone: Any, inputs: Array) -> None:
    """Let batch normalisation see real frames, as in training: random networks drift without."""
    layers = [x for x in _layers(backbone) if type(x).__name__ == "BatchNormalization"]
    kept = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    backbone(inputs, training=True)
    for layer, momentum in zip(layers, kept, strict=True):
        layer.momentum = momentum


def _layers(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        yield from _layers(layer) if hasattr(layer, "layers") else (layer,)


@contextmanager
def precision_kept(lib: Any) -> Iterator[None]:
    """Whatever precision a model is built with, the next one is not."""
    try:
        yield
    finally:
        lib.mixed_precision.set_global_policy("float32")


@contextmanager
def quietly_legacy() -> Iterator[None]:
    """Keras 2 warns of each HDF5 file that it would rather write another."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*saving your model as an HDF5 file")
        yield


def save(model: Any, path: Path) -> None:
    """Save a model by its path's ending, as its library does unless told otherwise."""
    if path.suffix in (".tflite", ".onnx", ".xml"):
        importlib.import_module("helpers.zoo.graphs").export(model, path)
    elif path.suffix:
        with quietly_legacy():
            model.save(path)
    else:
        save_folder(model, path)


def save_folder(model: Any, folder: Path) -> None:
    """Save a model as a SavedModel."""
    if any(base.__module__.startswith("tf_keras") for base in type(model).__mro__):
        model.save(folder, save_format="tf")
    else:
        model.export(folder, verbose=False)
