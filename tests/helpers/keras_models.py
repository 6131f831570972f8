"""Small Keras models as tests save them, and the descriptions that they get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vidclf.models import ModelInfo, open_model
from vidclf.models.keras_files.loading import import_keras
from vidclf.settings import ModelSettings


def keras() -> Any:
    """Import Keras, on first use only: that takes seconds."""
    return import_keras()


def save_model(folder: Path, *layers: Any, shape: tuple[int | None, ...] = (24, 32, 3)) -> Path:
    """Save a Sequential network of these layers behind an input of this shape."""
    path = folder / "model.keras"
    keras().Sequential([keras().layers.Input(shape), *layers]).save(path)
    return path


def head_layers(units: int = 3, activation: str | None = "softmax") -> list[Any]:
    """Make a convolution, a mean and a Dense layer: the shortest end of a classifier."""
    layers = keras().layers
    return [
        layers.Conv2D(2, 3),
        layers.GlobalAveragePooling2D(),
        layers.Dense(units, activation=activation),
    ]


def rescaling_layer(scale: float, offset: float) -> Any:
    """Make a layer of `scale * x + offset`."""
    return keras().layers.Rescaling(scale, offset=offset)


def describe_model(path: Path, **settings: Any) -> ModelInfo:
    """Describe a saved model as its user would have it, with these settings."""
    return open_model(path, settings=ModelSettings(**settings)).info
