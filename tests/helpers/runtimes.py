"""Models that are opened as each runtime."""

from __future__ import annotations

from typing import Any

import numpy as np

from vidclf.inference.runtimes import open_runtime
from vidclf.inference.runtimes.base import Runtime
from vidclf.models import Model
from vidclf.settings import Precision


def pixels(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 24, 32, 3), np.uint8)


def open_as(
    name: str, model: Model, *, low_latency: bool = False, precision: Precision = "f32"
) -> Runtime:
    return open_runtime(
        name,
        info=model.info,
        load=model.load,
        probe=lambda: pixels(4),
        low_latency=low_latency,
        precision=precision,
    )


def build_convolutions(keras: Any, shape: tuple[int, ...], **options: Any) -> Any:
    keras.utils.set_random_seed(4)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(8, 3, strides=2, activation="relu", **options),
            layers.MaxPooling2D(2, **options),
            layers.GlobalAveragePooling2D(**options),
            layers.Dense(4, activation="softmax", kernel_initializer="he_uniform"),
        ]
    )
