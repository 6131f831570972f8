"""Put patches onto a picture."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.annotation import AnyPatch
from vidclf.core.frames import Pixels


def blend(pixels: Pixels, patches: Iterable[AnyPatch]) -> None:
    """Blend patches onto a picture, in place and in order; what lies off its edges is cut away.

    Args:
        pixels: (H, W, 3) uint8 RGB, changed only inside the patches' rectangles.
        patches: straight-alpha RGBA patches, in the picture's own pixels.
    """
    for patch in patches:
        _blend_one(pixels, patch)


def _blend_one(pixels: Pixels, patch: AnyPatch) -> None:
    whole = patch.rgba
    top, left = max(patch.y, 0), max(patch.x, 0)
    bottom = min(patch.y + whole.shape[0], pixels.shape[0])
    right = min(patch.x + whole.shape[1], pixels.shape[1])
    if top >= bottom or left >= right:
        return
    rgba = whole[top - patch.y : bottom - patch.y, left - patch.x : right - patch.x]
    area = pixels[top:bottom, left:right]
    area[:] = _over(area, np.ascontiguousarray(rgba))


def _over(under: Pixels, rgba: Pixels) -> Pixels:
    """The "over" of Porter and Duff, rounded to nearest: `(c * a + u * (255 - a)) / 255`.

    The division is `(t + 128 + ((t + 128) >> 8)) >> 8`, exact for every product of two bytes
    (Blinn, "Three wrongs make a right", IEEE Computer Graphics and Applications, 1995).
    """
    alpha = np.asarray(cv2.cvtColor(cv2.extractChannel(rgba, 3), cv2.COLOR_GRAY2RGB), np.uint16)
    total: NDArray[np.uint16] = np.multiply(
        cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), alpha, dtype=np.uint16
    )
    total += under * (255 - alpha)
    total += 128
    total += total >> 8
    total >>= 8
    return total.astype(np.uint8)
