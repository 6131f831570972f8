"""A picture as the decoder gave it."""

from __future__ import annotations

from dataclasses import dataclass, field

import av

from vidclf.core.frames import Pixels
from vidclf.sources.decoded_color import plain_rgb_pixels, rgb_pixels
from vidclf.sources.orientation import Orientation
from vidclf.sources.yuv_planes import own_yuv420_frame, yuv420_frame


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A decoded frame in its native pixel format, not yet turned upright."""

    native: av.VideoFrame
    """The decoder's frame, of the clip's decoded size and pixel format.

    The decoder may still refer to it: call its `make_writable()` before drawing on its planes.
    """
    orientation: Orientation = field(default_factory=Orientation)
    """What makes it upright."""

    @property
    def held_bytes(self) -> int:
        """How much memory its planes hold."""
        return sum(plane.buffer_size for plane in self.native.planes)

    def rgb(self) -> Pixels:
        """The upright picture as (height, width, 3) uint8 RGB, newly made, free to be drawn on."""
        return self.orientation.turn(rgb_pixels(self.native))

    def yuv420(self) -> av.VideoFrame | None:
        """The upright picture as a new 8-bit 4:2:0 frame of even size, free to be drawn on.

        None where it is not YUV, or has an odd size and is to be turned.
        """
        return yuv420_frame(self.native, self.orientation)

    def own_yuv420(self) -> av.VideoFrame | None:
        """The same in the picture's own memory, where it can be: only for its last use."""
        return own_yuv420_frame(self.native, self.orientation)

    def plain_rgb(self) -> Pixels:
        """The upright form of PyAV's `to_ndarray(format="rgb24")`, (height, width, 3) uint8."""
        return self.orientation.turn(plain_rgb_pixels(self.native))
