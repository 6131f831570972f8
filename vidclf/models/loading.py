"""Loading Keras model files, with errors that say what the file is and what to do."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError, RuntimeUnavailableError
from vidclf.quiet import native_stderr_muted

KERAS_SUFFIXES = (".keras", ".h5", ".hdf5")
_BEGINNINGS = (b"PK\x03\x04", b"\x89HDF\r\n\x1a\n")
"""The first bytes of a zip archive, which a `.keras` file is, and of HDF5."""


def load_keras(path: str | Path) -> Any:
    """Load a whole Keras model from a `.keras` or `.h5` file, without running code from it.

    Returns:
        The `keras.Model`, not compiled for training.

    Raises:
        ModelError: the file is missing, is not a Keras model, or needs code of its own.
        RuntimeUnavailableError: TensorFlow or Keras cannot be imported.
    """
    path = check_model_file(path)
    keras = import_keras()
    try:
        with native_stderr_muted():
            return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as exc:  # Keras raises whatever its readers raise
        raise ModelError(
            f"cannot load {path} as a Keras model: {_first_line(exc)}. Save the whole model with "
            "model.save('name.keras') in Keras 3 and try that file"
        ) from exc


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
