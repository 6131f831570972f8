"""A picture as the decoder gave it."""

from __future__ import annotations

from dataclasses import dataclass, field

import av

from ..frames import Pixels
from .color import rgb_pixels
from .upright import Orientation


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A decoded frame in its native pixel format, not yet turned upright."""

    native: av.VideoFrame
    """The decoder's frame, of the clip's decoded size and pixel format.

    The decoder may still refer to it: call its `make_writable()` before drawing on its planes.
    """
    orientation: Orientation = field(default_factory=Orientation)
    """What makes it upright."""

    def rgb(self) -> Pixels:
        """The upright picture as (height, width, 3) uint8 RGB, newly made, free to be drawn on."""
        return self.orientation.turn(rgb_pixels(self.native))

    def scaled_rgb(self, *, width: int, height: int) -> Pixels:
        """The upright picture stretched to (height, width, 3) uint8 RGB, newly made.

        Much cheaper than scaling `rgb()`: the full-size RGB picture is never made.
        """
        if self.orientation.swaps_sides:
            width, height = height, width
        return self.orientation.turn(rgb_pixels(self.native, width=width, height=height))
