"""Load Keras files with Keras 3 or tf_keras, and say in one line why one cannot be loaded."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Any

from vidclf.core.installed import installed_version
from vidclf.core.native_stderr import tensorflow_muted
from vidclf.core.run_warnings import get_logger
from vidclf.errors import ModelError, RuntimeUnavailableError, VidclfError
from vidclf.models.forward_pass import forward_pass
from vidclf.models.keras_files.container import Contents, check_beginning, read_contents
from vidclf.models.keras_files.generation import Library, choose_library, version_numbers
from vidclf.models.keras_files.named_parts import named_parts
from vidclf.models.keras_files.safety import (
    custom_part_message,
    find_unsafe_parts,
    refusal_message,
)
from vidclf.models.keras_files.sizes import bounded_variables, check_layer_outputs

KERAS_SUFFIXES = (".keras", ".h5", ".hdf5")
_SAVE_WHOLE = "save the whole with model.save('name.keras')"
_Bounded = contextlib.AbstractContextManager[None]

logger = get_logger(__name__)


def load_keras(
    path: str | Path, *, contents: Contents | None = None, allow_unsafe: bool = False
) -> Any:
    """Load a whole Keras model from a `.keras` or `.h5` file, without running code from it.

    What Keras 2 saved is read by tf_keras, which is Keras 2, and by nothing else.

    Args:
        path: the file.
        contents: what `read_contents` gave for it, if it was read already.
        allow_unsafe: load it although it carries Python code or reaches out of its file, as a
            `Lambda` layer does. That the file is whole and of sane size is checked all the same.

    Returns:
        The `keras.Model` or `tf_keras.Model`, not compiled for training.

    Raises:
        ModelError: the file is missing, is not a whole Keras model, or needs or carries code.
        RuntimeUnavailableError: TensorFlow or Keras cannot be imported.
    """
    path = Path(path)
    contents = contents or read_contents(check_model_file(path))
    findings = find_unsafe_parts(contents.description)
    if findings and not allow_unsafe:
        raise ModelError(refusal_message(path, findings[0], contents.saved_by))
    if findings and findings[0].kind in ("code", "outside"):
        part, layer = findings[0].part, findings[0].layer
        logger.warning("%s may run code on this computer: %s in the layer %r", path, part, layer)
    library = choose_library(path, contents)
    try:
        model = _load(path, contents, library, safe_mode=not allow_unsafe)
    except _NotLoadedError as exc:
        custom = next((finding for finding in findings if finding.kind == "custom"), None)
        message = custom_part_message(path, custom, contents.saved_by) if custom else str(exc)
        raise ModelError(message) from exc.__cause__
    if not hasattr(model, "layers"):
        raise ModelError(f"{path} describes a {type(model).__name__}, not a network: {_SAVE_WHOLE}")
    check_layer_outputs(model, str(path))
    return model


class _NotLoadedError(Exception):
    """The library for a file could not load it; the text is for the user."""


def _load(path: Path, contents: Contents, library: Library, *, safe_mode: bool) -> Any:
    read = {"keras": _load_with_keras, "tf_keras": _load_with_tf_keras}[library]
    bounded = bounded_variables(path, library=library, stored_numbers=contents.stored_numbers)
    try:
        return read(path, bounded, safe_mode=safe_mode)
    except VidclfError:
        raise
    except Exception as exc:  # Keras raises whatever its readers raise
        raise _NotLoadedError(_failure(path, contents, library, exc)) from exc


def _load_with_keras(path: Path, bounded: _Bounded, *, safe_mode: bool) -> Any:
    """Load what Keras 3 saved."""
    keras = import_keras()
    with bounded, tensorflow_muted():
        return keras.saving.load_model(
            path, named_parts("keras"), compile=False, safe_mode=safe_mode
        )


def _load_with_tf_keras(path: Path, bounded: _Bounded, *, safe_mode: bool) -> Any:
    """Load what Keras 2 saved; the caller has checked it for code.

    Args:
        path: a `.keras` or HDF5 file.
        bounded: stops it when it makes more than the file has weights for.
        safe_mode: has tf_keras itself refuse lambdas in a `.keras`; in HDF5 it never does.

    Raises:
        RuntimeUnavailableError: tf_keras is not installed.
        Exception: whatever tf_keras raises.
    """
    try:
        with tensorflow_muted():
            import tf_keras
    except ImportError as exc:
        raise RuntimeUnavailableError(
            f"{path} was saved by Keras 2, which tf_keras reads ({exc}): pip install tf_keras"
        ) from exc
    with bounded, tensorflow_muted():
        return tf_keras.models.load_model(
            path, named_parts("tf_keras"), compile=False, safe_mode=safe_mode
        )


def _failure(path: Path, contents: Contents, library: Library, error: Exception) -> str:
    """Say in one line why a library could not load a file that looked right."""
    if type(error).__name__ == "ResourceExhaustedError":
        return f"{path} does not fit into this computer's memory: {_reason(error)}"
    here = str(installed_version(library))
    remedy = (
        f"upgrade {library}"
        if version_numbers(contents.saved_by) > version_numbers(here)
        else "load the model where it was made, and save it with built-in layers as .keras"
    )
    return (
        f"{path} cannot be loaded by {library} {here} (saved by Keras "
        f"{contents.saved_by or 'of unknown version'}): {_reason(error)}; {remedy}"
    )


def _reason(error: BaseException) -> str:
    """Cut out the part of a Keras error that says what was wrong; some are pages long.

    `… could not be deserialized properly … config={…} Exception encountered: Unknown layer: 'X'.
    Please ensure …` → `Unknown layer: 'X'`.
    """
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, KeyError):  # `"… (object 'dense' doesn't exist)"`
        name = re.search(r"'[^']+'", text)
        return f"it lacks {name[0] if name else text}"
    for mark in ("Exception encountered: ", "Example error message for object "):
        text = text.rpartition(mark)[2]
    text = re.split(r"\. |Full object config|, config=|Please ensure|Make sure", text)[0]
    return text.rstrip(". ")[:300]


def loader_of(model: Any) -> str:
    """Return which library a loaded model belongs to, with its version."""
    is_legacy = any(base.__module__.startswith("tf_keras") for base in type(model).__mro__)
    name = "tf_keras" if is_legacy else "keras"
    return f"{name} {installed_version(name)}"


def export_saved_model(
    model: Any, folder: str | Path, shape: tuple[int | None, ...] | None = None
) -> None:
    """Write a loaded model's forward pass as a SavedModel, for batches of a shape.

    `model.export` does not say that this is no training, so layers for augmentation would stay in,
    random operations and all; and it takes twice the time.
    """
    import tensorflow as tf

    spec = tf.TensorSpec(shape or model.inputs[0].shape, model.inputs[0].dtype)
    is_legacy = loader_of(model).startswith("tf_keras")
    module = tf.Module()  # of variables only: saving a whole model traces each of its layers
    module.kept = [each if is_legacy else each.value for each in model.variables]
    serve = tf.function(
        lambda batch: {"scores": forward_pass(model, batch)},
        input_signature=[spec],
        autograph=False,
    )
    tf.saved_model.save(module, str(folder), signatures=serve)


def check_model_file(path: str | Path) -> Path:
    """Return a Keras file's path, or raise a ModelError that says what is there instead."""
    path = Path(path)
    if not path.exists():
        raise ModelError(f"no model at {path}: give a .keras or .h5 file, or the built-in name")
    if path.is_dir():
        raise ModelError(
            f"{path} is a folder and no SavedModel: give the .keras or .h5 file itself; one that "
            "was unpacked must be packed again, with config.json at its top"
        )
    if not path.is_file() or path.suffix.lower() not in KERAS_SUFFIXES:
        raise ModelError(
            f"{path} is not a Keras model file: vidclf reads {', '.join(KERAS_SUFFIXES)}"
        )
    check_beginning(path)
    return path


def import_keras() -> Any:
    """Import Keras on its TensorFlow backend, without TensorFlow's start-up chatter."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    try:
        with tensorflow_muted():
            import keras
            import tensorflow  # noqa: F401  (its own chatter belongs inside the muting, too)
    except ImportError as exc:
        raise RuntimeUnavailableError(
            f"TensorFlow cannot be imported ({_reason(exc)}): pip install tensorflow"
        ) from exc
    return keras
