"""Pictures in a GIF's colours, plainer than they came where nobody sees it, as that packs well.

A GIF packs what repeats: a pixel that stays as it is from picture to picture, and a run of one
colour in a row. Noise and fine texture break both, at four bits a pixel. What is given up here lies
below what is seen at a GIF's 256 colours; docs/decisions.md has the figures.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Pixels
from vidclf.sinks.gif.color_table import ColorTable, Indexes, luma_and_chroma

Flags = NDArray[np.bool_]

_SMOOTHED_LEVELS = 15
"""Neighbours that differ by about so much, of 255, are texture to be smoothed; edges stay."""
_RUN_LEVELS = 8
"""The most by which the pixels of a run differ from each other; chroma by twice as much."""
_STILL_LEVELS = 12
"""A pixel that is off by no more may stay as it is shown; chroma twice as much …"""
_STILL_AREA_LEVELS = 3
"""… where the 3x3 pixels around it are off by no more together: noise, but no slow change …"""
_STILL_RUN = 5
"""… and so many in a row may, as shorter ones break runs and save nothing."""


class PlainPictures:
    """Turns pictures into palette indexes, one after the other.

    Args:
        colors: The palette.
    """

    def __init__(self, colors: ColorTable) -> None:
        self._colors = colors
        self._palette = _weighed(luma_and_chroma(colors.bgr[None]))[0]
        self._shown: Indexes | None = None

    def indexes(self, bgr: Pixels) -> Indexes:
        """(H, W) palette indexes of an (H, W, 3) uint8 picture, blue first."""
        smooth = np.asarray(cv2.bilateralFilter(bgr, 5, _SMOOTHED_LEVELS, 2), np.uint8)
        ycc = _weighed(luma_and_chroma(smooth))
        starts = _run_starts(ycc)
        if self._shown is None:
            self._shown = self._run_colors(smooth, starts)
            return self._shown
        still = self._still(ycc, self._shown)
        starts[:, 1:] |= still[:, 1:] != still[:, :-1]
        self._shown = np.where(still, self._shown, self._run_colors(smooth, starts))
        return self._shown

    def _still(self, ycc: NDArray[np.int16], shown: Indexes) -> Flags:
        """Which pixels may stay as they are."""
        off = np.asarray(ycc - self._palette.take(shown, axis=0), np.float32)
        still = _within(off, _STILL_LEVELS) & _within(cv2.blur(off, (3, 3)), _STILL_AREA_LEVELS)
        row = np.ones((1, _STILL_RUN), np.uint8)
        return cv2.morphologyEx(still, cv2.MORPH_OPEN, row).astype(np.bool_)

    def _run_colors(self, bgr: Pixels, starts: Flags) -> Indexes:
        """Each run in the colour nearest to its mean."""
        firsts = np.flatnonzero(starts)
        lengths = np.diff(np.append(firsts, starts.size))
        flat = bgr.reshape(-1, 3)
        sums = [np.add.reduceat(flat[:, c], firsts, dtype=np.int32) for c in range(3)]
        means = np.stack(sums, 1) // lengths[:, None]
        return np.repeat(self._colors.nearest(means), lengths).reshape(starts.shape)


def _within(off: cv2.typing.MatLike, levels: float) -> Pixels:
    """(H, W) uint8: 255 where no channel is off by more, else 0."""
    return np.asarray(cv2.inRange(off, (-levels,) * 3, (levels,) * 3), np.uint8)


def _weighed(ycc: Pixels) -> NDArray[np.int16]:
    """Luma whole and chroma halved, as the eye is duller for it."""
    halves = ycc.astype(np.int16)
    halves[..., 1:] >>= 1
    return halves


def _run_starts(ycc: NDArray[np.int16]) -> Flags:
    """Where runs begin: each row is cut, from the left, where a run would get too wide a range."""
    columns = np.ascontiguousarray(ycc.transpose(1, 2, 0))
    starts = np.ones((len(columns), columns.shape[2]), np.bool_)
    lowest = highest = columns[0]
    for place, column in enumerate(columns[1:], start=1):
        low, high = np.minimum(lowest, column), np.maximum(highest, column)
        starts[place] = begins = (high - low).max(0) > _RUN_LEVELS
        lowest, highest = np.where(begins, column, low), np.where(begins, column, high)
    return np.ascontiguousarray(starts.T)
