"""Tiny models of all kinds of files, with labels and descriptions beside them, made on the spot."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from helpers.graph_files import make_onnx

from vidclf.core.native_stderr import tensorflow_muted

Files = dict[str, bytes]
LABELS = ("cat", "dog", "cup", "sun; moon")
_TEXT = "".join(f"{label}\n" for label in LABELS).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSeed:
    """A whole model."""

    files: Files
    """Its files by name; folders stand in the names."""
    arguments: tuple[str, ...]
    """How the command is told of it: its name, then options."""
    beside: Files = field(default_factory=dict)
    """Labels and description."""


def graph_files(head: str = "softmax") -> Files:
    """A network that OpenVINO computes without TensorFlow, its labels and its description."""
    last = {"softmax": "Softmax", "sigmoid": "Sigmoid", "regression": "Identity"}[head]
    with TemporaryDirectory() as folder:
        path = make_onnx(Path(folder) / "model.onnx", first=("Mul small",), last=last)
        model = path.read_bytes()
    description = {"format": 1, "labels": list(LABELS), "head": head}
    return {"model.onnx": model, "model.json": json.dumps(description).encode()}


def model_seed(name: str) -> ModelSeed:
    """The model of that name in `MODEL_SEEDS`."""
    return _made(name)


@cache
def _made(name: str) -> ModelSeed:
    with tensorflow_muted():
        return MODEL_SEEDS[name]()


def _description(**fields: Any) -> Files:
    known = {
        "format": 1,
        "labels": list(LABELS),
        "preprocessing": "none",
        "input_size": [24, 32],
        "resize": {"rule": "crop", "kernel": "area", "crop_fraction": 0.9},
        "crop": "top=10%",
    }
    return {"model.json": json.dumps({**known, **fields}, indent=1).encode()}


def _labels(suffix: str) -> tuple[str, bytes]:
    """A label file of a kind."""
    npy = io.BytesIO()
    np.save(npy, np.array(LABELS))
    numbered = "".join(f"{number},{label}\n" for number, label in enumerate(LABELS))
    contents = {
        ".txt": _TEXT,
        ".csv": b"id,name\n" + numbered.encode(),
        ".json": json.dumps({label: number for number, label in enumerate(LABELS)}).encode(),
        ".yaml": b"names:\n" + b"".join(f"  - '{label}'\n".encode() for label in LABELS),
        ".npy": npy.getvalue(),
    }
    return f"names{suffix}", contents[suffix]


def _graph(labels: str, *, head: str = "softmax") -> Callable[[], ModelSeed]:
    def make() -> ModelSeed:
        name, content = _labels(labels)
        files = {"model.onnx": graph_files(head)["model.onnx"]}
        arguments = ("model.onnx", "--labels", name, "--head", head)
        return ModelSeed(files=files, arguments=arguments, beside={name: content})

    return make


def _described(head: str) -> Callable[[], ModelSeed]:
    def make() -> ModelSeed:
        extra: dict[str, Any] = {"thresholds": [0.3, 0.5, 0.5, 0.6]} if head == "sigmoid" else {}
        if head == "regression":
            extra = {"units": ["km/h", "", "m", "s"], "ranges": [[-1, 1]] * 4}
        beside = _description(head=head, input_size=[12, 16], **extra)
        files = {"model.onnx": graph_files(head)["model.onnx"]}
        return ModelSeed(files=files, arguments=("model.onnx",), beside=beside)

    return make


def _saved(name: str, *, library: str = "keras", labels: bool = True) -> Callable[[], ModelSeed]:
    """A network of Keras 3 (`keras`) or Keras 2 (`tf_keras`), saved by its name's suffix."""

    def make() -> ModelSeed:
        from helpers.saved_models import build_network
        from helpers.zoo import making

        lib = making.library(library)
        with TemporaryDirectory() as folder:
            making.save(build_network(lib), Path(folder) / name)
            files = _read_all(Path(folder))
        beside = (
            {"model.txt": _TEXT} if labels else _description(input_size=[12, 16], head="softmax")
        )
        return ModelSeed(files=files, arguments=(name,), beside=beside)

    return make


def _read_all(folder: Path) -> Files:
    """Its files, but for those from which a form was made."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != "exported"
    }


MODEL_SEEDS: dict[str, Callable[[], ModelSeed]] = {
    "onnx, labels in text": _graph(".txt"),
    "onnx, labels in csv": _graph(".csv"),
    "onnx, labels in json": _graph(".json", head="sigmoid"),
    "onnx, labels in yaml": _graph(".yaml"),
    "onnx, labels in npy": _graph(".npy"),
    "onnx, described": _described("softmax"),
    "onnx of several labels, described": _described("sigmoid"),
    "onnx of values, described": _described("regression"),
    "openvino": _saved("model.xml"),
    "tflite": _saved("model.tflite"),
    "keras 3, .keras": _saved("model.keras"),
    "keras 3, .keras, described": _saved("model.keras", labels=False),
    "keras 3, .h5": _saved("model.h5"),
    "keras 3, SavedModel": _saved("model"),
    "keras 2, .keras": _saved("model.keras", library="tf_keras"),
    "keras 2, .h5": _saved("model.h5", library="tf_keras"),
    "keras 2, SavedModel": _saved("model", library="tf_keras"),
}
"""Name → what makes it."""
