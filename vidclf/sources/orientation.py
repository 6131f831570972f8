"""Turning decoded pictures the way up that the file asks for."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import av
import cv2
import numpy as np
from av.sidedata.sidedata import Type

from vidclf.core.frames import Pixels

_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """What makes a decoded picture upright: first the turn, then the flip."""

    rotation: int = 0
    """Degrees clockwise: 0, 90, 180 or 270."""
    mirrored: bool = False
    """Whether left and right are then exchanged."""

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.rotation in (90, 270)

    def turn(self, pixels: Pixels) -> Pixels:
        """The upright form of (H, W, 3) uint8 pixels; the same array if nothing is to be done."""
        turned = pixels
        if self.rotation:
            turned = np.asarray(cv2.rotate(turned, _TURNS[self.rotation]), np.uint8)
        if self.mirrored:
            turned = np.asarray(cv2.flip(turned, 1), np.uint8)
        return turned


def read_orientation(frame: av.VideoFrame) -> Orientation:
    """The orientation that the frame's display matrix asks for, to the nearest quarter turn."""
    data = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]
    if data is None or len(bytes(data)) != 36:
        return Orientation()
    return orientation_of_matrix(struct.unpack("=9i", bytes(data)))


def orientation_of_matrix(matrix: tuple[int, ...]) -> Orientation:
    """Orientation from the nine numbers (a b u, c d v, x y w) of a display matrix.

    A decoded point (p, q), with q downwards, is shown at (a p + c q, b p + d q); see
    `libavutil/display.h` and ISO/IEC 14496-12, 6.2.2. A clockwise turn by t has
    (a, b, c, d) = (cos t, sin t, -sin t, cos t); a flip after it negates a and c.
    """
    a, b, _, c, d = matrix[:5]
    mirrored = a * d - b * c < 0
    degrees = math.degrees(math.atan2(b, -a if mirrored else a))
    return Orientation(rotation=round(degrees / 90) % 4 * 90, mirrored=mirrored)
