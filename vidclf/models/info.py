"""What must be known of a model to feed it rightly and to read its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vidclf.settings import Scaling

ResizeRule = Literal["stretch", "crop", "pad"]
ResizeKernel = Literal["area", "bilinear", "bicubic"]
Head = Literal["softmax", "logits", "sigmoid", "binary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """How a whole frame becomes a picture of the model's input size."""

    rule: ResizeRule = "stretch"
    """`stretch` the whole frame, `crop` its centre, or `pad` it with black to the input's shape."""
    kernel: ResizeKernel = "area"
    """How pixels are averaged."""
    crop_fraction: float = 1.0
    """For `crop`: side of the cut over the largest one that fits, 0 < fraction ≤ 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A classifier's description: its labels, and what its input and output mean."""

    name: str
    """Short name for people: a file's stem, or the built-in name."""
    path: str
    """The model file."""
    digest: str
    """SHA-256 of the model file, hexadecimal."""
    labels: tuple[str, ...]
    """One distinct name for each class, in the order of the scores."""
    input_size: tuple[int, int]
    """(height, width) of the input in pixels."""
    preprocessing: Scaling
    """What is done to uint8 RGB before the model: `none` when the model takes 0 to 255 itself."""
    resize: Resize
    """How frames are brought to the input size."""
    head: Head
    """What the output numbers are."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """For labels, preprocessing, resize and head: where each was learned from, in words."""
