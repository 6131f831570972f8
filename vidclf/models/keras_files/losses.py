"""What a Keras file was trained to lessen: it tells a regression from logits."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

VALUES = frozenset(
    {
        "cosine_similarity",
        "huber",
        "log_cosh",
        "logcosh",
        "mae",
        "mape",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_error",
        "mean_squared_logarithmic_error",
        "mse",
        "msle",
        "poisson",
    }
)
"""The losses of a regression, by Keras' names."""
EACH_LABEL = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
"""The losses of scores that stand each for itself."""


def trained_loss(path: Path) -> str | None:
    """The loss in a `.keras` or HDF5 file that was saved with its training configuration."""
    compiled = _compiled(path)
    loss = compiled.get("loss") if isinstance(compiled, dict) else None
    while isinstance(loss, dict | list) and len(loss) == 1:  # one for each of one output
        loss = next(iter(loss.values() if isinstance(loss, dict) else loss))
    if isinstance(loss, dict):
        name = loss.get("class_name")
        config = loss.get("config")
        loss = config if name == "function" else name
    return _snake(loss) if isinstance(loss, str) else None


def _compiled(path: Path) -> Any:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
        return config.get("compile_config")
    import h5py

    with h5py.File(path) as file:
        text = file.attrs.get("training_config")
    return json.loads(text) if text is not None else None


def _snake(name: str) -> str:
    """`BinaryCrossentropy` → `binary_crossentropy`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
