"""Give a library the parts that its files name, and that it does not find by name alone."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

from vidclf.models.keras_files.generation import Library

_PRIVATE_PARTS = {  # by module below keras.src or tf_keras.src
    "applications.convnext": ("LayerScale", "StochasticDepth"),
    "applications.inception_resnet_v2": ("CustomScaleLayer",),
    "engine.functional": ("Functional",),
    "layers.core.tf_op_layer": ("TFOpLambda", "SlicingOpLambda"),
}
"""What `keras.applications` is made of; and what Keras 2.12 names by modules that moved later."""


def named_parts(library: Library) -> dict[str, Any]:
    """Return layers and functions by the names that files have for them."""
    parts: dict[str, Any] = {}
    for module, names in _PRIVATE_PARTS.items():
        with contextlib.suppress(ImportError):  # the modules are private, and may move
            defined = vars(importlib.import_module(f"{library}.src.{module}"))
            parts |= {name: defined[name] for name in names if name in defined}
    return parts | _early_parts() if library == "tf_keras" else parts


def _early_parts() -> dict[str, Any]:
    """Return what Keras 2 had until 2018 or 2019, as tf_keras has it now.

    `relu6` was a function of the first MobileNet. cuDNN's layers run on NVIDIA's cards only;
    tf_keras turns their weights into those of the layers in their place, which compute the same.
    """
    import tensorflow as tf
    import tf_keras

    layers = tf_keras.layers
    return {"relu6": tf.nn.relu6, "CuDNNLSTM": layers.LSTM, "CuDNNGRU": layers.GRU}
