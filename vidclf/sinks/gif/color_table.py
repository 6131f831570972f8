"""The colours of a GIF, and which of them is nearest to a pixel's."""

from __future__ import annotations

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Pixels

Indexes = NDArray[np.uint8]

_BITS = 6
"""Of each channel: colours that are alike in so many have one nearest colour."""
_UNKNOWN = -1
_CELLS_AT_ONCE = 1 << 14
_WEIGHTS = np.sqrt(np.array([1.0, 2.0, 1.5], np.float32))
"""How much a difference in blue, green and red is seen."""


class ColorTable:
    """A palette that knows the nearest of its colours to any other.

    Args:
        palette: What FFmpeg's palettegen gave: 16x16 `bgra`, what is transparent is no colour.
    """

    def __init__(self, palette: av.VideoFrame) -> None:
        bgra = palette.to_ndarray().reshape(-1, 4)
        self.bgr: Pixels = np.unique(bgra[bgra[:, 3] > 0, :3], axis=0)
        """(N, 3) uint8, N up to 255."""
        self.argb = np.zeros((256, 4), np.uint8)
        """(256, 4) uint8, as PyAV takes it; what is no colour is transparent."""
        self.argb[: len(self.bgr)] = np.insert(self.bgr[:, ::-1], 0, 255, axis=1)
        self._weighed = self.bgr * _WEIGHTS
        self._nearest = np.full(1 << 3 * _BITS, _UNKNOWN, np.int16)

    def nearest(self, bgr: NDArray[np.integer]) -> Indexes:
        """(N,) indexes of the colours nearest to (N, 3) blue, green, red, 0 to 255 each."""
        parts = bgr.astype(np.int32) >> (8 - _BITS)
        cells = (parts[:, 0] << 2 * _BITS) | (parts[:, 1] << _BITS) | parts[:, 2]
        unknown = np.unique(cells[self._nearest[cells] == _UNKNOWN])
        for part in np.split(unknown, range(_CELLS_AT_ONCE, unknown.size, _CELLS_AT_ONCE)):
            self._nearest[part] = self._nearest_to_middles(part)
        return np.asarray(self._nearest[cells], np.uint8)

    def _nearest_to_middles(self, cells: NDArray[np.int32]) -> NDArray[np.intp]:
        """For cells of the cube of colours, which is nearest to the middle of each."""
        parts = np.stack([cells >> 2 * _BITS, cells >> _BITS, cells], 1) & ((1 << _BITS) - 1)
        middles = (parts.astype(np.float32) + 0.5) * (256 >> _BITS) * _WEIGHTS
        squares = (self._weighed**2).sum(1)
        return np.asarray((squares - 2 * middles @ self._weighed.T).argmin(1))


def luma_and_chroma(bgr: Pixels) -> Pixels:
    """(H, W, 3) uint8 blue, green, red as Y, Cr, Cb."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(bgr), cv2.COLOR_BGR2YCrCb), np.uint8)
