"""Put patches onto the Y, U and V planes of a 4:2:0 picture, without a way through RGB.

A patch is converted once to the picture's own matrix and range and kept. Drawing it again is one
multiplication and one addition of bytes for each sample inside its rectangle; of a patch of tiles,
only those are exchanged that are others than in the picture before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from itertools import zip_longest

import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.annotation import AnyPatch, Patch, Tile, TiledPatch
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
_OF_BYTE = 1 / 255

_Weights = Pixels
"""(1 + n, h, w) a patch's part of n planes of one size: a sample s of the n-th becomes
s * weights[0] / 255 + weights[n]. The first are 255 less the opacity, the others the patch's own
samples times the opacity / 255. Both terms are rounded, so their sum is off by at most 1."""

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
            sheet.paste(tile, self._converted_tile(tile))
        return sheet.parts

    def _converted_tile(self, tile: Tile) -> _Parts:
        if isinstance(tile, Patch):
            return self._converted(tile)
        luma, chroma = self._converted(tile.whole)
        return luma[:, :, tile.first : tile.end], chroma[:, :, tile.first // 2 : tile.end // 2]

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
        rgba = _on_even_pixels(patch)
        height, width = rgba.shape[:2]
        luma = np.empty((2, height, width), np.uint8)
        chroma = np.empty((3, height // 2, width // 2), np.uint8)
        y, u, v, alpha = cv2.split(cv2.transform(rgba.astype(np.float32), self._transform))
        cv2.multiply(y, alpha, luma[1], _OF_BYTE, dtype=cv2.CV_8U)
        for own, add in ((u, chroma[1]), (v, chroma[2])):
            cv2.convertScaleAbs(_mean_of_4(cv2.multiply(own, alpha)), add, _OF_BYTE)
        luma[0], chroma[0] = 255 - rgba[:, :, 3], 255.5 - _mean_of_4(alpha)
        return luma, chroma


class _Sheet:
    """The weights of a patch of tiles in one piece, kept from picture to picture."""

    def __init__(self, patch: TiledPatch) -> None:
        self._x, self._y, self._size = patch.x, patch.y, (patch.height, patch.width)
        self.parts: _Parts = (
            np.empty((2, patch.height, patch.width), np.uint8),
            np.empty((3, patch.height // 2, patch.width // 2), np.uint8),
        )
        self._tiles: tuple[Tile, ...] = ()

    def has_box_of(self, patch: TiledPatch) -> bool:
        """Whether a patch fills the same rectangle."""
        return (self._x, self._y, self._size) == (patch.x, patch.y, (patch.height, patch.width))

    def exchange(self, tiles: tuple[Tile, ...]) -> list[Tile]:
        """Take other tiles; gives those that are to be pasted: they are not what was there."""
        pairs = zip_longest(tiles, self._tiles)
        self._tiles = tiles
        return [tile for tile, old in pairs if tile is not old and tile is not None]

    def paste(self, tile: Tile, parts: _Parts) -> None:
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


def _mean_of_4(plane: cv2.typing.MatLike) -> NDArray[np.float32]:
    height, width = plane.shape
    half = cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.float32)


def _blend(plane: Pixels, keep: Pixels, add: Pixels, *, left: int, top: int) -> None:
    """`s * keep / 255 + add`, which is at most 255 but for rounding."""
    height, width = keep.shape
    area = plane[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    if not area.size:
        return
    if area.shape != keep.shape:
        y, x = max(-top, 0), max(-left, 0)
        here = (slice(y, y + area.shape[0]), slice(x, x + area.shape[1]))
        keep, add = keep[here], add[here]
    cv2.add(cv2.multiply(area, keep, scale=_OF_BYTE), add, area)
