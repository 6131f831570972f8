"""What older ways of saving ask for: tf_keras for Keras 2's files, layers by their bare names."""

from __future__ import annotations

import contextlib
import importlib
import os
from pathlib import Path
from typing import Any, Literal

from vidclf.core.native_stderr import native_stderr_muted
from vidclf.errors import RuntimeUnavailableError

_APPLICATION_LAYERS = {
    "convnext": ("LayerScale", "StochasticDepth"),
    "inception_resnet_v2": ("CustomScaleLayer",),
}


def load_with_tf_keras(path: Path, *, safe_mode: bool = True) -> Any:
    """Load what Keras 2 saved; the caller has checked it for code.

    Args:
        path: a `.keras` or HDF5 file.
        safe_mode: has tf_keras itself refuse lambdas in a `.keras`; in HDF5 it never does.

    Raises:
        RuntimeUnavailableError: tf_keras is not installed.
        Exception: whatever tf_keras raises.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with native_stderr_muted():
            import tf_keras
    except ImportError as exc:
        raise RuntimeUnavailableError(
            f"{path} was saved by Keras 2, which tf_keras reads ({exc}): pip install tf_keras"
        ) from exc
    with native_stderr_muted():
        return tf_keras.models.load_model(
            path, application_layers("tf_keras"), compile=False, safe_mode=safe_mode
        )


def application_layers(library: Literal["keras", "tf_keras"]) -> dict[str, type]:
    """Layers that `keras.applications` defines for itself, which no library finds by name alone.

    Without them ConvNeXt loads from no file of Keras 2.
    """
    found: dict[str, type] = {}
    for module, names in _APPLICATION_LAYERS.items():
        with contextlib.suppress(ImportError):  # where they are is nobody's promise
            defined = vars(importlib.import_module(f"{library}.src.applications.{module}"))
            found |= {name: defined[name] for name in names if name in defined}
    return found
