"""How large everything is on a picture of a given size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

_MAX_CARD_SHARE = 0.4
"""The card never covers more of the picture than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Sizes in display pixels: as tall as the picture's own, and square once it is played."""

    width_px: int
    """Picture across, in stored pixels."""
    height_px: int
    """Picture down; stored and display pixels are equally tall."""
    pixel_aspect: float
    """Width of a stored pixel over its height."""
    scale: float
    """1 on a 720p picture."""

    @property
    def display_width_px(self) -> float:
        """Width of the picture as the player shows it."""
        return self.width_px * self.pixel_aspect

    @property
    def margin_px(self) -> int:
        """Picture edge to card and timeline."""
        return even(min(24 * self.scale, self.display_width_px / 16, self.height_px / 16))

    @property
    def headline_px(self) -> int:
        """Type size of the top answer."""
        return max(9, round(30 * self.scale))

    @property
    def row_px(self) -> int:
        """Type size of a runner-up."""
        return max(9, round(18.5 * self.scale))

    @property
    def padding_px(self) -> int:
        """Card edge to text."""
        return max(4, round(20 * self.scale))

    @property
    def radius_px(self) -> float:
        """Radius of the card's corners."""
        return 15 * self.scale

    @property
    def card_width_px(self) -> int:
        """Card across: a matter of the picture, never of the text, so that it stands still."""
        room = self.display_width_px - 2 * self.margin_px
        return even(min(400 * self.scale, room))

    @property
    def strip_height_px(self) -> int:
        """The timeline's band down, with its dark rim."""
        return even(max(6, 14 * self.scale))

    @property
    def room_height_px(self) -> int:
        """What a card may take of the height, above the timeline."""
        return self.height_px - 3 * self.margin_px - 2 * self.strip_height_px

    def fits(self, card_height_px: int) -> bool:
        """Whether a card this tall leaves enough of the picture to be seen."""
        area = self.card_width_px * card_height_px
        share = area / (self.display_width_px * self.height_px)
        return share <= _MAX_CARD_SHARE and card_height_px <= self.room_height_px

    def stored_px(self, display_px: float) -> int:
        """Display pixels across, as stored ones."""
        return round(display_px / self.pixel_aspect)


def measure(width_px: int, height_px: int, pixel_aspect: Fraction) -> Layout:
    """Sizes for a picture: in proportion to its shorter side, but never too small to read.

    Args:
        width_px: Stored pixels across.
        height_px: Stored pixels down.
        pixel_aspect: Width of a stored pixel over its height.
    """
    aspect = float(pixel_aspect)
    short_px = min(width_px * aspect, height_px)
    smallest = min(0.4, max(0.3, short_px / 360))
    return Layout(
        width_px=width_px,
        height_px=height_px,
        pixel_aspect=aspect,
        scale=max(short_px / 720, smallest),
    )


def even(length_px: float) -> int:
    """The even number at or below a length, at least 2: patches that share no chroma sample."""
    return max(2, 2 * math.floor(length_px / 2 + 1e-9))
