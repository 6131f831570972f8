"""Smooth shapes and text on one small RGBA picture, right also where pixels are not square."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from vidclf.core.frames import Pixels
from vidclf.overlay.colors import INK, PAPER, Rgb, mix

_OVERSAMPLING = 4
"""Shapes are drawn this much larger, then averaged down: smooth at any position."""

_GLASS_OPACITY = 0.83
_LINE_OPACITY = 0.7


@lru_cache(maxsize=256)
def pill_mask(
    width_px: int, height_px: int, *, radius_px: float, pixel_aspect: float
) -> Image.Image:
    """Coverage (0 to 255) of a rounded rectangle that fills its picture; not to be drawn on.

    Args:
        width_px: Stored pixels across.
        height_px: Stored pixels down.
        radius_px: Radius of the corners, in display pixels.
        pixel_aspect: Width of a stored pixel over its height.
    """
    wide = max(1, round(width_px * pixel_aspect * _OVERSAMPLING))
    tall = height_px * _OVERSAMPLING
    mask = Image.new("L", (wide, tall))
    radius = min(radius_px * _OVERSAMPLING, wide / 2, tall / 2)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, wide - 1, tall - 1), radius, fill=255)
    return mask.resize((width_px, height_px), Image.Resampling.BOX)


class Canvas:
    """A small picture being drawn. Positions and lengths are display pixels."""

    def __init__(
        self, image: Image.Image, *, pixel_aspect: float, origin: tuple[int, int] = (0, 0)
    ) -> None:
        """Draw on `image` itself, an RGBA picture in stored pixels.

        Args:
            image: What lies below.
            pixel_aspect: Width of a stored pixel over its height.
            origin: Where its top left is, in stored pixels, if it is a part of the picture that
                positions are of. What is drawn beside it is cut away.
        """
        self._image = image
        self._pixel_aspect = pixel_aspect
        self._left, self._top = origin

    def pill(
        self,
        box: tuple[float, float, float, float],
        color: Rgb,
        *,
        radius_px: float = 1e9,
        opacity: float = 1.0,
    ) -> None:
        """Fill a rounded rectangle (x, y, width, height); its ends are round without a radius."""
        x, y, width, height = box
        layer = _pill(
            max(1, self._across(width)), max(1, round(height)), color,
            radius_px=radius_px, opacity=opacity, pixel_aspect=self._pixel_aspect,
        )  # fmt: skip
        self._lay(layer, self._across(x), round(y))

    def bar(
        self,
        box: tuple[float, float, float, float],
        ends: tuple[float, float],
        color: Rgb,
        *,
        mark_px: int,
    ) -> None:
        """The track; what is filled, at least a dot; and where a bar begins that goes both ways.

        Args:
            box: The track (x, y, width, height).
            ends: From where to where it is filled, as shares of its length.
            color: Of what is filled.
            mark_px: How wide the mark is where it begins.
        """
        left, y, length, height = box
        self.pill(box, PAPER, opacity=0.16)
        start, end = ends
        if start != end:
            width = max(height, length * abs(end - start))
            x = length * start - (width if end < start else 0)
            self.pill((left + min(max(0, x), length - width), y, width, height), color)
        if 0 < start < 1:
            self.pill((left + length * start - mark_px / 2, y, mark_px, height), PAPER)

    def text(self, mask: Image.Image, *, x: float, y: float, color: Rgb) -> None:
        """Paint a line of text, its mask in stored pixels, with its top left at (x, y)."""
        self._lay(_colored(mask, color), self._across(x), round(y))

    def pixels(self) -> Pixels:
        """What was drawn, (h, w, 4) uint8 straight-alpha RGBA; not to be written to."""
        samples = np.frombuffer(self._image.tobytes(), np.uint8)
        return samples.reshape(self._image.height, self._image.width, 4)

    def _across(self, display_px: float) -> int:
        return round(display_px / self._pixel_aspect)

    def _lay(self, layer: Image.Image, x: int, y: int) -> None:
        x, y = x - self._left, y - self._top
        cut_away = (max(0, -x), max(0, -y))
        self._image.alpha_composite(layer, (max(0, x), max(0, y)), cut_away)


@lru_cache(maxsize=256)
def _pill(
    width_px: int,
    height_px: int,
    color: Rgb,
    *,
    radius_px: float,
    opacity: float,
    pixel_aspect: float,
) -> Image.Image:
    """A filled rounded rectangle, not to be drawn on."""
    mask = pill_mask(width_px, height_px, radius_px=radius_px, pixel_aspect=pixel_aspect)
    if opacity != 1:
        mask = mask.point(lambda cover: cover * opacity)
    return _colored(mask, color)


def _colored(mask: Image.Image, color: Rgb) -> Image.Image:
    layer = Image.new("RGBA", mask.size, (*color, 0))
    layer.putalpha(mask)
    return layer


def panel(
    width_px: int, height_px: int, *, radius_px: float, pixel_aspect: float, line_px: int
) -> Image.Image:
    """The card's ground: dark translucent glass with a hairline of light at its edge.

    Args:
        width_px: Stored pixels across.
        height_px: Stored pixels down.
        radius_px: Radius of the corners, in display pixels.
        pixel_aspect: Width of a stored pixel over its height.
        line_px: Thickness of the hairline.
    """
    outer = pill_mask(width_px, height_px, radius_px=radius_px, pixel_aspect=pixel_aspect)
    image = Image.new("RGBA", outer.size, (*mix(INK, PAPER, 0.3), 0))
    image.putalpha(outer.point(lambda cover: cover * _LINE_OPACITY))
    inset = max(1, round(line_px / pixel_aspect))
    inner = pill_mask(
        max(1, width_px - 2 * inset),
        max(1, height_px - 2 * line_px),
        radius_px=radius_px - line_px,
        pixel_aspect=pixel_aspect,
    )
    glass = Image.new("RGBA", inner.size, (*INK, round(255 * _GLASS_OPACITY)))
    image.paste(glass, (inset, line_px), inner)
    return image
