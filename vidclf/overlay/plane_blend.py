"""Put patches onto the Y, U and V planes of a 4:2:0 picture, without a way through RGB.

A patch is converted once to the picture's own matrix and range and kept; drawing it again is one
multiplication and one addition for each sample inside its rectangle.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.annotation import Patch
from vidclf.core.frames import Pixels

Planes = tuple[Pixels, Pixels, Pixels]
"""Y (H, W), U and V (H/2, W/2), uint8, H and W even."""

_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
"""Kr and Kb of each matrix, ITU-T H.273, table 4."""

_MOST_KEPT = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlanePatch:
    """One plane's part of a patch: a sample s becomes (s * keep + add) / 255, rounded."""

    keep: NDArray[np.uint16]
    """255 - alpha."""
    add: NDArray[np.uint16]
    """Sample times alpha, and 128 for the rounding."""


class PlaneBlender:
    """Blends patches onto planes of one matrix and range.

    Args:
        matrix: the picture's YUV matrix, an H.273 number.
        full_range: whether it counts from 0 to 255 rather than from 16 to 235.
    """

    def __init__(self, *, matrix: int, full_range: bool) -> None:
        self._transform = rgb_to_yuv(matrix, full_range=full_range)
        self._kept: OrderedDict[tuple[str, int, int], tuple[_PlanePatch, ...]] = OrderedDict()

    def blend(self, planes: Planes, patches: Iterable[Patch]) -> None:
        """Blend patches in place and in order; what lies off the picture's edges is cut away.

        At the edge of a patch with an odd place or size, a chroma sample that it covers by half
        is blended by half.
        """
        for patch in patches:
            y_patch, *chroma = self._converted(patch)
            left, top = patch.x - patch.x % 2, patch.y - patch.y % 2
            _blend(planes[0], y_patch, left=left, top=top)
            for plane, part in zip(planes[1:], chroma, strict=True):
                _blend(plane, part, left=left // 2, top=top // 2)

    def _converted(self, patch: Patch) -> tuple[_PlanePatch, ...]:
        key = (patch.key, patch.x % 2, patch.y % 2)
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            self._kept[key] = self._convert(patch)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    def _convert(self, patch: Patch) -> tuple[_PlanePatch, ...]:
        rgba = _on_even_pixels(patch)
        yuv = cv2.transform(np.ascontiguousarray(rgba[..., :3]), self._transform)
        alpha = rgba[..., 3].astype(np.float32)
        luma = _plane_patch(yuv[..., 0] * alpha, alpha)
        return luma, *(
            _plane_patch(_mean_of_4(yuv[..., i] * alpha), _mean_of_4(alpha)) for i in (1, 2)
        )


def rgb_to_yuv(matrix: int, *, full_range: bool) -> NDArray[np.float64]:
    """The 3x4 affine map from 8-bit RGB to 8-bit Y, Cb and Cr (ITU-T H.273, 8.3).

    An unknown matrix is taken for BT.709.
    """
    kr, kb = _WEIGHTS.get(matrix, _WEIGHTS[1])
    luma = np.array([kr, 1 - kr - kb, kb])
    rows = [luma, (np.eye(3)[2] - luma) / (2 - 2 * kb), (np.eye(3)[0] - luma) / (2 - 2 * kr)]
    scales, offsets = (
        ((255, 255, 255), (0, 128, 128))
        if full_range
        else (
            (219, 224, 224),
            (16, 128, 128),
        )
    )
    scaled = [row * scale / 255 for row, scale in zip(rows, scales, strict=True)]
    return np.column_stack([np.stack(scaled), np.array(offsets, float)])


def _on_even_pixels(patch: Patch) -> Pixels:
    """The patch with clear rows and columns around it, so that it begins and ends between pairs."""
    top, left = patch.y % 2, patch.x % 2
    bottom, right = (top + patch.rgba.shape[0]) % 2, (left + patch.rgba.shape[1]) % 2
    if not (top or left or bottom or right):  # nearly always
        return patch.rgba
    return np.pad(patch.rgba, ((top, bottom), (left, right), (0, 0)))


def _mean_of_4(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    half = cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.float32)


def _plane_patch(weighted: NDArray[np.float32], alpha: NDArray[np.float32]) -> _PlanePatch:
    whole = np.rint(alpha)
    share = np.divide(whole, alpha, out=np.zeros_like(alpha), where=alpha > 0)
    return _PlanePatch(
        keep=(255 - whole).astype(np.uint16),
        add=(np.rint(weighted * share) + 128).astype(np.uint16),
    )


def _blend(plane: Pixels, patch: _PlanePatch, *, left: int, top: int) -> None:
    """`(s * keep + add) / 255`, exact for every product of two bytes (see `blend`)."""
    height, width = patch.keep.shape
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + height, plane.shape[0]), min(left + width, plane.shape[1])
    if y0 >= y1 or x0 >= x1:
        return
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    area = plane[y0:y1, x0:x1]
    total = np.multiply(area, patch.keep[inside], dtype=np.uint16)
    total += patch.add[inside]
    total += total >> 8
    total >>= 8
    area[:] = total
