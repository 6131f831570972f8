"""A model and all that is needed to use it rightly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vidclf.feeding import Scaling
from vidclf.models.describe import (
    describe_keras,
    read_sidecar,
    with_labels,
    with_preprocessing,
)
from vidclf.models.info import ModelInfo
from vidclf.models.labels import labels_beside, read_labels
from vidclf.models.loading import check_model_file, load_keras
from vidclf.models.network import KerasNetwork, Network

BUILT_IN = "efficientnet-lite0"
_ASSETS = Path(__file__).parent.parent / "assets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A described model, whose Keras form is loaded when it is asked for."""

    info: ModelInfo
    """What it wants and what it says."""
    load: Callable[[], Network]
    """Gives the network; slow the first time, kept after that."""


def open_model(
    name: str | Path = BUILT_IN,
    *,
    labels: str | Path | None = None,
    preprocessing: str = "auto",
) -> Model:
    """Describe the built-in model, or the one in a `.keras` or `.h5` file.

    A `<stem>.json` beside the file (`model.json` beside `model.keras`) describes it; without one
    the file itself is loaded and looked at.

    Args:
        name: the built-in name, or a path.
        labels: a file of labels to use instead of the described ones; without a description, one
            that lies beside the model (`labels.txt`, `class_names.json`, `<stem>.labels.csv` …) is
            taken by itself.
        preprocessing: how the input is scaled, whatever the description says.

    Raises:
        ModelError: the file or its description cannot be used.
    """
    path = check_model_file(_model_path(name))
    load = cache(lambda: KerasNetwork(load_keras(path)))
    info = read_sidecar(path)
    given = None if preprocessing == "auto" else Scaling.parse(preprocessing)
    if info is None:
        info = describe_keras(load().model, path, preprocessing=given)
        labels = labels or labels_beside(path)
    elif given is not None:
        info = with_preprocessing(info, given)
    if labels:
        info = with_labels(info, read_labels(labels), source=str(labels))
    return Model(info=info, load=load)


def _model_path(name: str | Path) -> Path:
    if str(name) == BUILT_IN:
        return _ASSETS / BUILT_IN / "model.keras"
    return Path(name)
