"""Load networks of `keras.applications` with their ImageNet weights from Keras' own cache."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidclf.core.installed import installed_version
from vidclf.errors import ModelError
from vidclf.models.applications.table import Application
from vidclf.models.keras_files.loading import import_keras


@dataclass(slots=True, kw_only=True)
class _WeightsFile:
    """The file of weights that Keras asks for while it builds a network."""

    path: Path | None = None
    """Where it belongs; None until Keras has asked."""
    address: str = ""
    """Where Keras downloads it from."""
    was_there: bool = False
    """Whether there was such a file before."""


def load_application(application: Application, **how: Any) -> Any:
    """Build the network and give it its weights, downloaded if they are not in Keras' cache.

    A progress bar of the download goes to standard error, if that is a terminal.

    Args:
        application: which network.
        how: what else its function is given, such as `include_top=False`.

    Returns:
        The `keras.Model`: by default (N, h, w, 3) scaled RGB to (N, 1000) probabilities.

    Raises:
        ModelError: the weights cannot be downloaded, or the file in the cache cannot be read.
        RuntimeUnavailableError: TensorFlow or Keras cannot be imported.
    """
    keras = import_keras()
    build = getattr(keras.applications, application.name)
    weights = _WeightsFile()
    try:
        with contextlib.redirect_stdout(_progress_output()), _observing(keras, weights):
            return build(
                **{"weights": "imagenet", "input_shape": (*application.input_size, 3), **how}
            )
    except Exception as exc:  # Keras raises plain Exceptions, h5py OSErrors, shapes ValueErrors
        raise ModelError(_failure(application, weights, exc)) from exc


def application_digest(application: Application) -> str:
    """Compute the SHA-256 that stands for a network's weights, hexadecimal, without Keras.

    Keras' version settles them, as Keras checks the hash of its file; where it does not, a
    file that is there already counts, too.
    """
    parts = [application.name, "imagenet", str(installed_version("keras"))]
    file = keras_folder() / "models" / application.unchecked_weights
    if application.unchecked_weights and file.is_file():
        parts.append(hashlib.sha256(file.read_bytes()).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def keras_folder() -> Path:
    """Find the folder of Keras' files: `KERAS_HOME`, or `.keras` in the home folder.

    `keras.utils.get_file` and `keras.src.backend.config` turn to the system's temporary folder
    where they cannot write, and so does this.
    """
    home = Path("~").expanduser()
    base = home if os.access(home, os.W_OK) else Path("/tmp")
    folder = Path(os.environ.get("KERAS_HOME", base / ".keras")).expanduser()
    if os.access(folder, os.W_OK):
        return folder
    return Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir(), ".keras")


def _progress_output() -> Any:
    """Choose where Keras may print: results own standard output, files need no progress bar."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    return sys.stderr if is_terminal else io.StringIO()


@contextlib.contextmanager
def _observing(keras: Any, weights: _WeightsFile) -> Iterator[None]:
    """Write down which file Keras asks for: its errors name it in part, or not at all."""
    module = sys.modules[keras.utils.get_file.__module__]
    get_file: Callable[..., str] = module.get_file

    def get_file_and_note(fname: str, origin: str, **settings: Any) -> str:
        weights.path = keras_folder() / settings["cache_subdir"] / fname
        weights.address = origin
        weights.was_there = weights.path.exists()
        return get_file(fname, origin, **settings)

    vars(module)["get_file"] = get_file_and_note
    try:
        yield
    finally:
        vars(module)["get_file"] = get_file


def _failure(application: Application, weights: _WeightsFile, exc: Exception) -> str:
    """Say in one line why a network could not be loaded, and what to do."""
    reason = (str(exc).strip() or type(exc).__name__).splitlines()[0].rstrip(". ")
    if weights.path is None:
        return f"cannot build {application.name}: {reason}"
    if weights.path.exists():
        return (
            f"cannot read the weights of {application.name} in {weights.path} ({reason}): remove "
            "that file, and the next run downloads it again"
        )
    damaged = " (what was there was damaged, and Keras removed it)" if weights.was_there else ""
    return (
        f"cannot download the weights of {application.name} from {weights.address} "
        f"({reason.rpartition(' -- ')[2]}): connect to the internet, or put the file "
        f"{weights.path.name} into {weights.path.parent}{damaged}"
    )
