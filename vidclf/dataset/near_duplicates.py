"""Pictures that look alike: shots of one scene, the same file saved twice, a mirrored copy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Pixels


def look_of(pixels: Pixels) -> NDArray[np.float32]:
    """Describe how a picture looks, in few numbers, so that alike pictures have alike numbers.

    Args:
        pixels: (height, width, 3) uint8 RGB.

    Returns:
        (D,) float32.
    """
    raise NotImplementedError


def near_duplicate_pairs(looks: NDArray[np.float32]) -> NDArray[np.int64]:
    """Find pairs of pictures that look alike.

    Args:
        looks: (N, D) float32, `look_of` each picture.

    Returns:
        (P, 2) int64 places, the lower first, each pair once; not every pair of a cluster need be
        there, but each of its pictures is linked to another of it.
    """
    raise NotImplementedError
