"""Check and identify a Keras model that the calling program holds."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from vidclf.core.keras_model import KerasModel
from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras, loader_of


def name_in_memory(model: KerasModel) -> str:
    """Return what messages and manifests call it."""
    return f"{model.name} (in memory)"


def check_usable(model: Any) -> None:
    """Refuse a model that does not tell its input, or that TensorFlow does not compute.

    Raises:
        ModelError: it is no graph of layers that begins with an Input, or of another backend.
    """
    name = name_in_memory(model)
    if not getattr(model, "inputs", None):
        raise ModelError(
            f"{name} does not tell the shape of its input: begin it with an Input, or wrap it, as "
            "inputs = keras.Input((224, 224, 3)); keras.Model(inputs, model(inputs))"
        )
    backend = _backend(model)
    if backend != "tensorflow":
        raise ModelError(
            f"{name} is computed by {backend}, and vidclf computes with TensorFlow: set "
            "KERAS_BACKEND=tensorflow before Keras is imported"
        )


def _backend(model: Any) -> str:
    if loader_of(model).startswith("tf_keras"):
        return "tensorflow"
    return str(import_keras().backend.backend())


def model_digest(model: KerasModel) -> str:
    """Return the SHA-256 of a model's architecture and weights, hexadecimal."""
    digest = hashlib.sha256(_architecture(model).encode())
    for variable in model.weights:
        values = np.asarray(variable.numpy())
        digest.update(f"{values.dtype} {values.shape}".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def _architecture(model: KerasModel) -> str:
    try:
        return str(model.to_json())
    except Exception:  # layers without get_config: Keras raises whatever they raise
        return "".join(f"{type(layer).__qualname__} " for layer in model.layers)


def training_configuration(model: Any) -> Any:
    """Return its training configuration, with the loss in it; None where it was not compiled."""
    try:
        return model.get_compile_config()
    except Exception:  # a loss or metric of the program's own: Keras raises whatever it raises
        return None
