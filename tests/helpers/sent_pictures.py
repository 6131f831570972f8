"""Pictures as clients send them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from vidclf.core.frames import Pixels


def made_up(seed: int, *, width: int = 64, height: int = 48) -> Pixels:
    """Noise over a colour, (height, width, 3) uint8 RGB; each seed has its own."""
    random = np.random.default_rng(seed)
    color = random.integers(0, 256, 3)
    noise = random.integers(-30, 30, (height, width, 3))
    return np.clip(color + noise, 0, 255).astype(np.uint8)


def encoded(pixels: Pixels, kind: str = "PNG") -> bytes:
    """A file of (H, W, 3) RGB, of a kind by Pillow's name."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def picture(seed: int = 0, kind: str = "PNG") -> bytes:
    """A file of a small picture."""
    return encoded(made_up(seed), kind)
