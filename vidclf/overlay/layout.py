"""How large everything is on a picture of a given size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

_MAX_CARD_SHARE = 0.4
"""The card never covers more of the picture than this."""
_MAX_SMALL_CARD_SHARE = 0.25
"""Nor of a small picture than this."""
_SMALL_PX = 240
"""A picture whose shorter side is below this is small."""


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
    def is_small(self) -> bool:
        """Whether there is room for one line of text, and not for bars and runners-up."""
        return self._short_px < _SMALL_PX

    @property
    def headline_px(self) -> int:
        """Type size of the top answer."""
        if self.is_small:
            return max(9, min(12, round(self._short_px / 13)))
        return max(9, round(30 * self.scale))

    @property
    def row_px(self) -> int:
        """Type size of a runner-up."""
        return max(9, round(18.5 * self.scale))

    @property
    def padding_px(self) -> int:
        """Card edge to text."""
        return 5 if self.is_small else max(4, round(20 * self.scale))

    @property
    def radius_px(self) -> float:
        """Radius of the card's corners."""
        return 15 * self.scale

    @property
    def card_width_px(self) -> int:
        """Card across, unless a label needs more."""
        usual = 0.4 * self.display_width_px if self.is_small else 400 * self.scale
        return even(min(usual, self.most_card_width_px))

    @property
    def most_card_width_px(self) -> int:
        """Card across, if a label needs all of the picture."""
        return even(self.display_width_px - 2 * self.margin_px)

    def widest_px(self, height_px: int) -> int:
        """How wide a card of a height may grow: not over too much of a very small picture."""
        most = _MAX_CARD_SHARE * self.display_width_px * self.height_px / height_px
        return min(even(most), self.most_card_width_px)

    @property
    def card_step_px(self) -> int:
        """By how much the card gets wider at once."""
        return 16 if self.is_small else even(100 * self.scale)

    @property
    def strip_height_px(self) -> int:
        """The timeline's band down, with its dark rim."""
        return even(max(6, 14 * self.scale))

    @property
    def room_height_px(self) -> int:
        """What a card may take of the height, above the timeline."""
        return self.height_px - 3 * self.margin_px - 2 * self.strip_height_px

    def fits(self, width_px: int, height_px: int) -> bool:
        """Whether a card of this size leaves enough of the picture to be seen."""
        share = width_px * height_px / (self.display_width_px * self.height_px)
        most = _MAX_SMALL_CARD_SHARE if self.is_small else _MAX_CARD_SHARE
        return share <= most and height_px <= self.room_height_px

    @property
    def _short_px(self) -> float:
        """The picture's shorter side as the player shows it."""
        return min(self.display_width_px, self.height_px)

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
