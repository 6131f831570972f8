"""Vary pictures: as another camera, a step aside or another day would have shown them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from vidclf.core.frames import Pixels

_LEAST_AREA = 0.35
_MOST_ASPECT = 1.28
_LIGHT = 0.1
_COLOR = 0.15
_BLUR_CHANCE = 0.1
_LARGEST_BLUR = 1.0
_GREY_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)


def varied(pixels: Pixels, lots: np.random.Generator, *, flip: bool) -> Pixels:
    """Vary a picture: a part of it, perhaps mirrored, in other light and colours, perhaps blurred.

    Args:
        pixels: (h, w, 3) uint8 RGB.
        lots: what is drawn from.
        flip: whether it may be mirrored.

    Returns:
        (h, w, 3) uint8 RGB, newly made.
    """
    part = _part(pixels, lots)
    if flip and lots.random() < 0.5:
        part = part[:, ::-1]
    seen: Any = cv2.resize(np.ascontiguousarray(part), pixels.shape[1::-1])
    if lots.random() < _BLUR_CHANCE:
        seen = cv2.GaussianBlur(seen, (0, 0), lots.uniform(0.3, _LARGEST_BLUR))
    return _recolored(seen, lots)


def _part(pixels: Pixels, lots: np.random.Generator) -> Pixels:
    """A part of the picture, of 35 to 100 % of its area (Szegedy et al. 2015, less harsh)."""
    height, width = pixels.shape[:2]
    side = lots.uniform(_LEAST_AREA, 1) ** 0.5
    aspect = np.exp(lots.uniform(-1, 1) * np.log(_MOST_ASPECT)) ** 0.5
    part_height = max(1, round(height * min(1, side / aspect)))
    part_width = max(1, round(width * min(1, side * aspect)))
    top = lots.integers(0, height - part_height + 1)
    left = lots.integers(0, width - part_width + 1)
    return pixels[top : top + part_height, left : left + part_width]


def _recolored(pixels: Pixels, lots: np.random.Generator) -> Pixels:
    """Other brightness, contrast and saturation."""
    light, contrast = lots.uniform(1 - _LIGHT, 1 + _LIGHT, 2)
    color = lots.uniform(1 - _COLOR, 1 + _COLOR)
    values = pixels.astype(np.float32) * np.float32(light)
    grey = values @ _GREY_WEIGHTS
    values += (grey.mean() - values) * np.float32(1 - contrast)
    values += (values @ _GREY_WEIGHTS)[:, :, None] * np.float32(1 - color) - values * np.float32(
        1 - color
    )
    return np.asarray(np.clip(values, 0, 255), np.uint8)
