"""SavedModel folders as tests make them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from vidclf.models.keras_files.loading import import_keras

import_keras()
import tensorflow as tf  # noqa: E402

PICTURES = tf.TensorSpec((None, 12, 16, 3), tf.float32)


def build_network(library: Any, *, head: str = "softmax") -> Any:
    """Build a small CNN out of `keras` or `tf_keras`, its scaling inside."""
    library.utils.set_random_seed(5)
    layers = library.layers
    return library.Sequential(
        [
            library.Input((12, 16, 3)),
            layers.Rescaling(1 / 127.5, -1),
            layers.Conv2D(8, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, activation=head, kernel_initializer="he_uniform"),
        ]
    )


def export_keras_3(folder: Path) -> Any:
    """Save the small CNN as Keras 3 does, and return it."""
    model = build_network(import_keras())
    model.export(folder, verbose=False)
    return model


def save_tensorflow_1(folder: Path) -> Any:
    """Save a graph as TensorFlow 1 did, and return a function that computes the same."""
    weights = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, (None, 12, 16, 3), name="x")
        variable = v1.get_variable("w", initializer=weights)
        y = tf.nn.softmax(tf.matmul(tf.reduce_mean(x / 127.5 - 1, [1, 2]), variable))
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), {"x": x}, {"y": y})
    return lambda batch: tf.nn.softmax(tf.reduce_mean(batch / 127.5 - 1, [1, 2]) @ weights)


def mean(batch: Any) -> Any:
    """Compute the mean colour of each picture, as a signature."""
    return {"mean": tf.reduce_mean(batch, [1, 2])}
