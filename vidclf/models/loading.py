"""Loading Keras model files, with errors that say what the file is and what to do."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import io
import os
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError, RuntimeUnavailableError
from vidclf.models.legacy import architecture, code_layers, load_with_tf_keras
from vidclf.quiet import native_stderr_muted

KERAS_SUFFIXES = (".keras", ".h5", ".hdf5")
_BEGINNINGS = (b"PK\x03\x04", b"\x89HDF\r\n\x1a\n")
"""The first bytes of a zip archive, which a `.keras` file is, and of HDF5."""


def load_keras(path: str | Path) -> Any:
    """Load a whole Keras model from a `.keras` or `.h5` file, without running code from it.

    Keras 3 is asked first; what it cannot read, tf_keras, which is Keras 2, is asked for.

    Returns:
        The `keras.Model` or `tf_keras.Model`, not compiled for training.

    Raises:
        ModelError: the file is missing, is not a whole Keras model, or carries code of its own.
        RuntimeUnavailableError: TensorFlow or Keras cannot be imported.
    """
    path = check_model_file(path)
    if layers := code_layers(architecture(path)):
        raise ModelError(
            f"{path} carries Python code of its own in the layer {layers[0]!r} (Lambda), which "
            "would be run: replace the layer by built-in ones and save the model again"
        )
    keras = import_keras()
    try:
        with native_stderr_muted():
            return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as keras_3_error:  # Keras raises whatever its readers raise
        return _load_as_keras_2(path, keras_3_error)


def _load_as_keras_2(path: Path, keras_3_error: Exception) -> Any:
    try:
        return load_with_tf_keras(path)
    except RuntimeUnavailableError:
        raise
    except Exception as exc:
        raise ModelError(
            f"cannot load {path} as a Keras model: Keras 3 says {_first_line(keras_3_error)!r}, "
            f"Keras 2 says {_first_line(exc)!r}. Layers of your own cannot be loaded; save a model "
            "of built-in layers with model.save('name.keras')"
        ) from exc


def loader_of(model: Any) -> str:
    """Which library a loaded model belongs to, with its version."""
    is_legacy = any(base.__module__.startswith("tf_keras") for base in type(model).__mro__)
    name = "tf_keras" if is_legacy else "keras"
    return f"{name} {importlib.metadata.version(name)}"


def export_saved_model(model: Any, folder: str | Path) -> None:
    """Write a loaded model's forward pass as a SavedModel."""
    if loader_of(model).startswith("tf_keras"):
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a summary
            model.export(str(folder))
    else:
        model.export(str(folder), format="tf_saved_model", verbose=False)


def check_model_file(path: str | Path) -> Path:
    """The path of a Keras model file that is there, or a ModelError that says what is not."""
    path = Path(path)
    if not path.exists():
        raise ModelError(f"no model at {path}: give a .keras or .h5 file, or the built-in name")
    if not path.is_file() or path.suffix.lower() not in KERAS_SUFFIXES:
        raise ModelError(
            f"{path} is not a Keras model file: vidclf reads {', '.join(KERAS_SUFFIXES)}"
        )
    _check_beginning(path)
    return path


def _check_beginning(path: Path) -> None:
    """Tell a text file or half a download from a model, as Keras' own error does not."""
    try:
        with path.open("rb") as file:
            beginning = file.read(8)
    except OSError as exc:
        raise ModelError(f"cannot read {path} ({exc.strerror})") from exc
    if not beginning.startswith(_BEGINNINGS):
        raise ModelError(
            f"{path} is no model, whatever its name: it begins like neither a .keras archive nor "
            "an HDF5 file; export or download it again"
        )


def import_keras() -> Any:
    """Import Keras on its TensorFlow backend, without TensorFlow's start-up chatter."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with native_stderr_muted():
            import keras
            import tensorflow  # noqa: F401  (its own chatter belongs inside the muting, too)
    except ImportError as exc:
        raise RuntimeUnavailableError(
            f"TensorFlow cannot be imported ({_first_line(exc)}): pip install tensorflow"
        ) from exc
    return keras


def file_digest(path: str | Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_line(exc: BaseException) -> str:
    text = str(exc).strip() or type(exc).__name__
    return text.splitlines()[0].rstrip(". ")
