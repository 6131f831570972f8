"""Put patches onto the Y, U and V planes of a 4:2:0 picture, without a way through RGB.

A patch is converted once to the picture's own matrix and range and kept. Drawing it again is one
multiplication and one addition for each sample inside its rectangle; of a patch of tiles, only
those are exchanged that are others than in the picture before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import zip_longest

import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.annotation import AnyPatch, Patch, TiledPatch
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

_MOST_KEPT_BYTES = 24 * 2**20
_LEAST_ALPHA = np.float32(1e-3)
"""Below it nothing is to be seen, and nothing is divided by 0."""


_Weights = NDArray[np.uint16]
"""(1 + n, h, w) a patch's part of n planes of one size: a sample s of the n-th becomes
(s * weights[0] + weights[n]) / 256, rounded down. The first are 256 less the opacity, which is 0 to
256; the others the patch's own samples times the opacity, and 128 for the rounding."""

_Parts = tuple[_Weights, _Weights]
"""Of Y, and of U and V."""


class PlaneBlender:
    """Blends patches onto planes of one matrix and range.

    Args:
        matrix: the picture's YUV matrix, an H.273 number.
        full_range: whether it counts from 0 to 255 rather than from 16 to 235.
    """

    def __init__(self, *, matrix: int, full_range: bool) -> None:
        self._transform = _rgba_to_yuva(rgb_to_yuv(matrix, full_range=full_range))
        self._kept: OrderedDict[tuple[str, int, int], _Parts] = OrderedDict()
        self._kept_bytes = 0
        self._sheets: dict[int, _Sheet] = {}

    def blend(self, planes: Planes, patches: Iterable[AnyPatch]) -> None:
        """Blend patches in place and in order; what lies off the picture's edges is cut away.

        At the edge of a patch with an odd place or size, a chroma sample that it covers by half
        is blended by half.
        """
        for place, patch in enumerate(_joined(patches)):
            luma, chroma = self._parts(place, patch)
            left, top = patch.x - patch.x % 2, patch.y - patch.y % 2
            _blend(planes[0], luma[0], luma[1], left=left, top=top)
            for plane, add in zip(planes[1:], chroma[1:], strict=True):
                _blend(plane, chroma[0], add, left=left // 2, top=top // 2)

    def _parts(self, place: int, patch: AnyPatch) -> _Parts:
        if isinstance(patch, Patch):
            return self._converted(patch)
        sheet = self._sheets.get(place)
        if sheet is None or not sheet.has_box_of(patch):
            sheet = self._sheets[place] = _Sheet(patch)
        for tile in sheet.exchange(patch.tiles):
            sheet.paste(tile, self._converted(tile))
        return sheet.parts

    def _converted(self, patch: Patch) -> _Parts:
        key = (patch.key, patch.x % 2, patch.y % 2)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        parts = self._kept[key] = self._convert(patch)
        self._kept_bytes += sum(part.nbytes for part in parts)
        while self._kept_bytes > _MOST_KEPT_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= sum(part.nbytes for part in oldest)
        return parts

    def _convert(self, patch: Patch) -> _Parts:
        yuva = cv2.transform(_on_even_pixels(patch).astype(np.float32), self._transform)
        y, u, v, alpha = (_channel(yuva, place) for place in range(4))
        half_alpha = _mean_of_4(alpha)
        least = np.maximum(half_alpha, _LEAST_ALPHA)
        half_u, half_v = (np.divide(_mean_of_4(part * alpha), least) for part in (u, v))
        return _weights([y], alpha), _weights([half_u, half_v], half_alpha)


class _Sheet:
    """The weights of a patch of tiles in one piece, kept from picture to picture."""

    def __init__(self, patch: TiledPatch) -> None:
        self._x, self._y, self._size = patch.x, patch.y, (patch.height, patch.width)
        self.parts: _Parts = (
            np.empty((2, patch.height, patch.width), np.uint16),
            np.empty((3, patch.height // 2, patch.width // 2), np.uint16),
        )
        self._tiles: tuple[Patch, ...] = ()

    def has_box_of(self, patch: TiledPatch) -> bool:
        """Whether a patch fills the same rectangle."""
        return (self._x, self._y, self._size) == (patch.x, patch.y, (patch.height, patch.width))

    def exchange(self, tiles: tuple[Patch, ...]) -> list[Patch]:
        """Take other tiles; gives those that are to be pasted: they are not what was there."""
        pairs = zip_longest(tiles, self._tiles)
        self._tiles = tiles
        return [tile for tile, old in pairs if tile is not old and tile is not None]

    def paste(self, tile: Patch, parts: _Parts) -> None:
        """Put a tile's weights into its place."""
        for shrink, own, new in zip((1, 2), self.parts, parts, strict=True):
            top, left = (tile.y - self._y) // shrink, (tile.x - self._x) // shrink
            own[:, top : top + new.shape[1], left : left + new.shape[2]] = new


def _joined(patches: Iterable[AnyPatch]) -> list[AnyPatch]:
    """Patches of tiles that stand right below each other, as the rows of a card, as one."""
    joined: list[AnyPatch] = []
    for patch in patches:
        last = joined[-1] if joined else None
        if isinstance(patch, TiledPatch) and isinstance(last, TiledPatch) and _meet(last, patch):
            height, tiles = last.height + patch.height, last.tiles + patch.tiles
            patch = TiledPatch(x=last.x, y=last.y, width=last.width, height=height, tiles=tiles)
            joined.pop()
        joined.append(patch)
    return joined


def _meet(upper: TiledPatch, lower: TiledPatch) -> bool:
    is_below = lower.y == upper.y + upper.height
    return is_below and (lower.x, lower.width) == (upper.x, upper.width)


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


def _rgba_to_yuva(affine: NDArray[np.float64]) -> NDArray[np.float32]:
    """The 4x5 affine map that leaves alpha as it is."""
    matrix = np.zeros((4, 5), np.float32)
    matrix[:3, :3], matrix[:3, 4], matrix[3, 3] = affine[:, :3], affine[:, 3], 1
    return matrix


def _on_even_pixels(patch: Patch) -> Pixels:
    """The patch with clear rows and columns around it, so that it begins and ends between pairs."""
    top, left = patch.y % 2, patch.x % 2
    bottom, right = (top + patch.rgba.shape[0]) % 2, (left + patch.rgba.shape[1]) % 2
    if not (top or left or bottom or right):  # nearly always
        return patch.rgba
    return np.pad(patch.rgba, ((top, bottom), (left, right), (0, 0)))


def _channel(samples: cv2.typing.MatLike, place: int) -> NDArray[np.float32]:
    return np.asarray(cv2.extractChannel(samples, place), np.float32)


def _mean_of_4(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    half = cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.float32)


def _weights(samples: Sequence[NDArray[np.float32]], alpha: NDArray[np.float32]) -> _Weights:
    """From (h, w) samples of each plane and alpha, all float32 and 0 to 255."""
    weights = np.empty((1 + len(samples), *alpha.shape), np.float32)
    opacity = np.rint(alpha * np.float32(256 / 255))
    np.subtract(256, opacity, out=weights[0])
    for own, add in zip(samples, weights[1:], strict=True):
        np.multiply(own, opacity, out=add)
    weights[1:] += np.float32(128.5)
    return weights.astype(np.uint16)


def _blend(
    plane: Pixels, keep: NDArray[np.uint16], add: NDArray[np.uint16], *, left: int, top: int
) -> None:
    """`(s * keep + add) >> 8`: at most 255 * 256 + 128, which 16 bits hold."""
    height, width = keep.shape
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + height, plane.shape[0]), min(left + width, plane.shape[1])
    if y0 >= y1 or x0 >= x1:
        return
    here = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    area = plane[y0:y1, x0:x1]
    total = area.astype(np.uint16)
    total *= keep[here]
    total += add[here]
    total >>= 8
    area[:] = total
