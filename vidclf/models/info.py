"""Describe models by two value types: the facts of a file, and the description that is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from vidclf.core.preprocessing import Crop, Resize, Scaling
from vidclf.settings import Head

Layout = Literal["channels_last", "channels_first"]
Question = Literal["head", "preprocessing"]
"""What must be asked where nothing tells it: a wrong guess would ruin every prediction."""

UNKNOWN = "unknown"
"""An activation that nothing tells."""
FREE = 0
"""A side or a number of frames that the model leaves open and nobody has given yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a model file shows by itself, as plain values that can be kept as JSON."""

    loader: str
    """Library and version that read it, such as `keras 3.15.1` or `openvino 2026.4.1`."""
    input_shape: tuple[int | None, ...]
    """The input's shape without the batch, None where it is free: (h, w, c) or (t, h, w, c)."""
    dtype: str
    """The input's type, by NumPy's name."""
    outputs: int
    """How many numbers one answer has."""
    activation: str
    """What made them: `softmax`, `sigmoid`, `linear`, or another name; `unknown`."""
    loss: str | None = None
    """The loss it was trained with, such as `mean_squared_error`; None where the file has none."""
    metrics: tuple[str, ...] = ()
    """The metrics that were watched in training, by Keras' names in snake case."""
    head_evidence: str
    """Where outputs and activation were seen, in words."""
    scaling: str | None = None
    """The scaling that the network expects of its input, as `Scaling.parse` takes it, where the
    network shows it."""
    scaling_evidence: str = ""
    """Where the network shows it, in words."""
    backbone: str | None = None
    """The network of `keras.applications` that was recognised inside, such as `MobileNetV2`."""
    backbone_scaling: str | None = None
    """How the backbone's family scales its input."""
    signature: str | None = None
    """The signature that is run, of a SavedModel."""
    fixed_batch: int | None = None
    """The only batch length it takes; None where any will do."""
    depends_on_batch: bool = False
    """Whether its answer to a picture changes with the others of a batch."""

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """Make them of the fields that JSON gives back."""
        lists = {name: tuple(fields[name]) for name in ("input_shape", "metrics")}
        return cls(**{**fields, **lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A model's description: its labels, and what its input and output mean."""

    name: str
    """Short name for people: a file's stem, or the built-in name."""
    path: str
    """The model file; the name of a network of `keras.applications`, or of one in memory."""
    digest: str
    """SHA-256 of the model file, hexadecimal."""
    labels: tuple[str, ...]
    """One distinct name for each class, or each value of a regression, in the outputs' order."""
    input_size: tuple[int, int]
    """(height, width) of the input in pixels; `FREE` where it is not known."""
    preprocessing: Scaling | None
    """How pixels of 0 to 255 are scaled before the model; None where it is not known."""
    usual_preprocessing: Scaling | None = None
    """How `keras.applications` feeds the backbone inside, where the scaling is not known."""
    crop: Crop | None = None
    """What is cut off the edges of a frame before it is resized."""
    resize: Resize
    """How frames are brought to the input size."""
    head: Head
    """What the output numbers are; `regression`, the numbers as they are, where it is not known."""
    head_is_known: bool = True
    """Whether the head is known; else it is to be asked for."""
    activation: str = UNKNOWN
    """What made the outputs; after `linear`, heads `sigmoid` and `binary` still want a sigmoid."""
    channels: Literal[1, 3] = 3
    """1 for grey pictures, 3 for RGB."""
    layout: Layout = "channels_last"
    """Where the input has its channels."""
    dtype: str = "float32"
    """The input's type, by NumPy's name."""
    window: int | None = None
    """Frames in one input of a clip model, `FREE` where not known; None for single frames."""
    thresholds: tuple[float, ...] | None = None
    """For `sigmoid`: the score from which each label counts; None for one threshold for all."""
    units: tuple[str, ...] | None = None
    """For `regression`: the unit of each value, "" where it has none."""
    ranges: tuple[tuple[float, float], ...] | None = None
    """For `regression`: the lowest and highest value to be expected of each."""
    fixed_batch: int | None = None
    """The only batch length it takes; None where any will do."""
    in_memory: bool = False
    """Whether it is a Keras model that the calling program holds: nothing of it goes to the disk
    for good."""
    training: Mapping[str, Any] | None = None
    """How it was trained, where its description tells: on what, by which version, how good."""
    assumptions: tuple[str, ...] = ()
    """What was taken for granted, in sentences; runs warn of it."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """For labels, preprocessing, resize, head and others: where each was learned from, in words."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return what is not known of the model and must be asked, in the order of asking."""
        unknown: dict[Question, bool] = {
            "head": not self.head_is_known,
            "preprocessing": self.preprocessing is None,
        }
        return tuple(question for question, is_open in unknown.items() if is_open)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Return the input's shape without the batch, as the model takes it."""
        height, width = self.input_size
        first = self.layout == "channels_first"
        picture = (self.channels, height, width) if first else (height, width, self.channels)
        return picture if self.window is None else (self.window, *picture)
