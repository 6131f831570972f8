"""Small labelled pictures, made on the spot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def smooth_picture(number: int = 0, *, size: tuple[int, int] = (24, 16)) -> Image.Image:
    """Smooth noise of (width, height) `size`, another for each number."""
    coarse = np.random.default_rng(number).integers(0, 256, (4, 5, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def save_picture(path: Path, number: int = 0, *, size: tuple[int, int] = (24, 16)) -> Path:
    """Save `smooth_picture`; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    smooth_picture(number, size=size).save(path)
    return path


def save_class_folders(folder: Path, *labels: str, count: int = 2) -> Path:
    """Save a folder for each label with so many pictures, no two of them alike."""
    for place, label in enumerate(labels):
        for number in range(count):
            save_picture(folder / label / f"{number}.png", 100 * place + number)
    return folder
