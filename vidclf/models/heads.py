"""From a frame's pixels to what the model eats, and from what it says to scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.frames import Pixels, Scores
from vidclf.models.info import Head
from vidclf.settings import Scaling

_CAFFE_MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)
_TORCH_MEAN_RGB = np.array([0.485, 0.456, 0.406], np.float32)
_TORCH_DEVIATION_RGB = np.array([0.229, 0.224, 0.225], np.float32)
"""The constants of `keras.applications.imagenet_utils.preprocess_input`."""


def to_input(pixels: Pixels, preprocessing: Scaling) -> NDArray[np.float32]:
    """(N, h, w, 3) uint8 RGB → (N, h, w, 3) float32 as the model was trained on."""
    values: NDArray[np.floating[Any]] = pixels.astype(np.float32)
    if preprocessing == "0-1":
        values /= 255
    elif preprocessing == "-1-1":
        values = values / 127.5 - 1
    elif preprocessing == "caffe":
        values = values[..., ::-1] - _CAFFE_MEAN_BGR
    elif preprocessing == "torch":
        values = (values / 255 - _TORCH_MEAN_RGB) / _TORCH_DEVIATION_RGB
    return np.asarray(values, np.float32)


def to_scores(outputs: NDArray[np.float32], head: Head) -> Scores:
    """(N, units) raw outputs → (N, C) float32 scores between 0 and 1.

    `softmax` and `sigmoid` outputs are scores already; `logits` get the softmax; a `binary`
    head's single unit p becomes the two scores (1 - p, p).
    """
    outputs = np.asarray(outputs, np.float32)
    if head == "logits":
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
    if head == "binary":
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs
