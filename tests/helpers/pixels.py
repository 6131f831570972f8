"""Pictures of random pixels."""

from __future__ import annotations

import numpy as np


def pixels(count: int) -> np.ndarray:
    """Make (count, 12, 16, 3) uint8 RGB pictures; the same ones for the same count."""
    return np.random.default_rng(count).integers(0, 256, (count, 12, 16, 3), np.uint8)
