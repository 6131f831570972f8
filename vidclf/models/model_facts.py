"""What a model file says of itself, before anyone adds to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """A network's own facts: plain values, so that they can be kept as JSON."""

    loader: str
    """Library and version that read it, such as `keras 3.15.1` or `openvino 2026.4.1`."""
    input_shape: tuple[int | None, ...]
    """The input's shape without the batch, None where it is free: (h, w, c) or (t, h, w, c)."""
    dtype: str
    """The input's type, by NumPy's name."""
    outputs: int
    """Numbers in one answer."""
    activation: str
    """What made them: `softmax`, `sigmoid`, `linear`, or another name; `unknown`."""
    loss: str | None = None
    """What it was trained to lessen, such as `mean_squared_error`, where the file tells."""
    head_evidence: str
    """Where outputs and activation were seen, in words."""
    scaling: str | None = None
    """How the input is scaled before the network, as `Scaling.parse` takes it, where that shows."""
    scaling_evidence: str = ""
    """Where it shows, in words."""
    backbone: str | None = None
    """The network of `keras.applications` that was recognised inside, such as `MobileNetV2`."""
    backbone_scaling: str | None = None
    """How that one's family scales its input."""
    signature: str | None = None
    """Of a SavedModel: the signature that is run."""
    fixed_batch: int | None = None
    """The only batch length it takes; None where any will do."""
