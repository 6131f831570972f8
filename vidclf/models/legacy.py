"""Files that Keras 2 saved: told apart, checked for code of their own, loaded by tf_keras."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError, RuntimeUnavailableError
from vidclf.quiet import native_stderr_muted

_CODE_LAYERS = frozenset({"Lambda"})
"""Layers whose saved form holds Python bytecode, which tf_keras would run without asking."""


def architecture(path: Path) -> dict[str, Any]:
    """A saved model's own description: `config.json` of a `.keras`, `model_config` of an HDF5 file.

    Raises:
        ModelError: an HDF5 file that holds weights only, or a file that cannot be read.
    """
    try:
        text = _config_text(path)
    except (OSError, KeyError, zipfile.BadZipFile) as exc:
        raise ModelError(f"cannot read {path} as a Keras model: {exc}") from exc
    if text is None:
        raise ModelError(
            f"{path} holds weights only, not the network they belong to: build the network, load "
            "the weights into it, and save the whole with model.save('name.keras')"
        )
    return dict(json.loads(text))


def code_layers(config: Any) -> list[str]:
    """Names of the layers in a saved description that carry Python code."""
    return [
        str(part.get("config", {}).get("name", part["class_name"]))
        for part in _parts(config)
        if part.get("class_name") in _CODE_LAYERS
    ]


def load_with_tf_keras(path: Path) -> Any:
    """Load what Keras 2 saved; the caller has checked it for code.

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
        return tf_keras.models.load_model(path, compile=False)


def _config_text(path: Path) -> str | bytes | None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return archive.read("config.json")
    import h5py

    with h5py.File(path) as file:
        text = file.attrs.get("model_config")
    return text if text is None or isinstance(text, (str, bytes)) else bytes(text)


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    """Every object within nested lists and dicts, from the outside in."""
    if isinstance(config, dict):
        yield config
        for value in config.values():
            yield from _parts(value)
    elif isinstance(config, list):
        for value in config:
            yield from _parts(value)
