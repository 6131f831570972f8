"""Frames become a model's input tensors, and its outputs become scores."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Pixels, Scores
from vidclf.models.info import ModelInfo


def to_input(pixels: Pixels, info: ModelInfo) -> NDArray[Any]:
    """Scale and lay out the input as in training.

    Args:
        pixels: (N, h, w, 3) uint8 RGB; (N, T, h, w, 3) for a clip model.
        info: the model; its preprocessing must be known.

    Returns:
        (N, …) of the model's dtype, with its own number and place of channels.
    """
    assert info.preprocessing is not None
    seen = _grey(pixels) if info.channels == 1 else pixels
    values: NDArray[Any] = info.preprocessing.apply(seen)
    if info.layout == "channels_first":
        values = np.ascontiguousarray(np.moveaxis(values, -1, -3))
    return values.astype(info.dtype, copy=False)


def to_scores(outputs: NDArray[Any], info: ModelInfo) -> Scores:
    """(N, units) raw outputs → (N, C) float32 scores, or values for a regression.

    `softmax` outputs are scores already, and so are those of `sigmoid` and `binary` unless the
    model left them linear: then they get the sigmoid. `logits` get the softmax. A `binary` head's
    single unit p becomes the two scores (1 - p, p). `regression` stays as it is.
    """
    outputs = np.asarray(outputs, np.float32)
    if info.head == "logits":
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
    if info.head in ("sigmoid", "binary") and info.activation == "linear":
        outputs = np.asarray(0.5 + 0.5 * np.tanh(0.5 * outputs), np.float32)  # no overflow
    if info.head == "binary":
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


def _grey(pixels: Pixels) -> Pixels:
    """(…, 3) RGB → (…, 1): 0.299 R + 0.587 G + 0.114 B, as Pillow and Keras read grey pictures."""
    flat = pixels.reshape(-1, pixels.shape[-2], 3)
    grey = np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), np.uint8)
    return grey.reshape(*pixels.shape[:-1], 1)
