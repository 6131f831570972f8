"""The timeline along the picture's bottom: what was seen, what is to come, and where we are."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vidclf.core.annotation import AnyPatch, Patch, TiledPatch
from vidclf.core.frames import Pixels
from vidclf.overlay.canvas import Canvas, pill_mask
from vidclf.overlay.colors import INK, NEUTRAL, PAPER, mix
from vidclf.overlay.label_colors import color_of_place
from vidclf.overlay.layout import Layout, even
from vidclf.overlay.timeline import UNKNOWN, Timeline

_RIM_ALPHA = 175
_PLAYED_ALPHA = 255
_COMING_ALPHA = 215
_UNKNOWN_RGBA = (*mix(NEUTRAL, INK, 0.6), 180)
_COMING_DIM = 0.48
_TILE_PX = 32
"""The band's tiles across, in stored pixels. They are many enough for a playhead to change little,
and few enough to be looked through for each picture."""
_MOST_KEPT = 1024


class TimelineBar:
    """Draws a `Timeline` as a thin band with a playhead, repainting only tiles that changed."""

    def __init__(self, layout: Layout, *, span: tuple[float, float]) -> None:
        """Lay the band over `span` (start and end, seconds)."""
        self._layout = layout
        self._head = _draw_head(layout)
        self._x = even(layout.stored_px(layout.margin_px))
        rim_px = max(1, round(2 * layout.scale))
        self._width, self._height = even(layout.width_px - 2 * self._x), layout.strip_height_px
        self._rim_x_px = max(1, layout.stored_px(rim_px))
        self._y = even(layout.height_px - layout.margin_px - self._height)
        self._cover = _track_cover(self._width, self._height, self._rim_x_px, rim_px, layout)
        self._rim = _draw_rim(self._width, self._height, layout)
        self._timeline = Timeline(span=span, columns=max(1, self._width - 2 * self._rim_x_px))
        self._played = 0
        self._pixels = lru_cache(_MOST_KEPT)(self._draw)
        self._lefts = range(0, self._width, _TILE_PX)
        self._plain_left = next(filter(self._is_plain, self._lefts), None)
        self._tiles = [self._tile(left) for left in self._lefts]
        self._band = self._with_tiles()

    def add(self, pts_seconds: float, place: int | None) -> None:
        """Learn that the label of a colour's place holds from a time on, or nothing does."""
        self._timeline.add(pts_seconds, UNKNOWN if place is None else place)

    def patches(self, pts_seconds: float) -> tuple[AnyPatch, ...]:
        """The band and the playhead as they stand at a time."""
        self._timeline.advance(pts_seconds)
        column = self._timeline.column_at(pts_seconds)
        self._refresh(played=column + 1)
        return self._band, self._head_patch(column)

    def _refresh(self, *, played: int) -> None:
        first, end = self._timeline.take_changed()
        if played != self._played:
            first, end = min(first, played, self._played), max(end, played, self._played)
            self._played = played
        if first < end:
            first_px, last_px = first + self._rim_x_px, end - 1 + self._rim_x_px
            for number in range(first_px // _TILE_PX, last_px // _TILE_PX + 1):
                self._tiles[number] = self._tile(self._lefts[number])
            self._band = self._with_tiles()

    def _with_tiles(self) -> TiledPatch:
        return TiledPatch(
            x=self._x, y=self._y, width=self._width, height=self._height, tiles=(*self._tiles,)
        )

    def _tile(self, left: int) -> Patch:
        """The band from a column of pixels on, as it is now."""
        right = min(left + _TILE_PX, self._width)
        first, end = left - self._rim_x_px, right - self._rim_x_px
        places = self._timeline.places_between(first, end)
        played = min(max(0, self._played - first), right - left)
        like = self._plain_left if self._is_plain(left) else left
        rgba, key = self._pixels(places, played, like)
        return Patch(x=self._x + left, y=self._y, rgba=rgba, key=key)

    def _is_plain(self, left: int) -> bool:
        """Whether a tile lies between the band's round ends, and so looks like others there."""
        end_px = self._rim_x_px + self._layout.stored_px(self._height)
        return end_px <= left and left + _TILE_PX <= self._width - end_px

    def _draw(self, places: tuple[int, ...], played: int, left: int) -> tuple[Pixels, str]:
        """(h, n, 4) pixels of n columns: played ones full, coming ones dimmed, unknown neutral.

        With them comes a patch's key.
        """
        colors = [
            _place_rgba(place, is_coming=number >= played) for number, place in enumerate(places)
        ]
        here = slice(left, left + len(places))
        pixels = _lerp(self._rim[:, here], np.array([colors], np.uint8), self._cover[:, here])
        return pixels, f"band {self._width}x{self._height} {places} {played} {left}"

    def _head_patch(self, column: int) -> Patch:
        height, width = self._head.shape[:2]
        x = self._x + self._rim_x_px + column - width // 2
        x = min(max(0, x - x % 2), self._layout.width_px - width)
        y = self._y + (self._layout.strip_height_px - height) // 2
        return Patch(x=x, y=y, rgba=self._head, key=f"head {width}x{height}")


def _place_rgba(place: int, *, is_coming: bool) -> tuple[int, int, int, int]:
    if place == UNKNOWN:
        return _UNKNOWN_RGBA
    color = color_of_place(place)
    if is_coming:
        return *mix(color, INK, _COMING_DIM), _COMING_ALPHA
    return *color, _PLAYED_ALPHA


def _draw_rim(width_px: int, height_px: int, layout: Layout) -> Pixels:
    """The dark translucent band that carries the track."""
    clear = Image.new("RGBA", (width_px, height_px), (*INK, 0))
    canvas = Canvas(clear, pixel_aspect=layout.pixel_aspect)
    box = (0, 0, width_px * layout.pixel_aspect, height_px)
    canvas.pill(box, INK, opacity=_RIM_ALPHA / 255)
    return canvas.pixels()


def _track_cover(
    width_px: int, height_px: int, rim_x_px: int, rim_px: int, layout: Layout
) -> Pixels:
    """(h, w, 1) coverage of the coloured track inside its rim."""
    inner = pill_mask(
        max(1, width_px - 2 * rim_x_px),
        max(1, height_px - 2 * rim_px),
        radius_px=height_px,
        pixel_aspect=layout.pixel_aspect,
    )
    cover = np.zeros((height_px, width_px, 1), np.uint8)
    cover[rim_px:-rim_px, rim_x_px:-rim_x_px, 0] = np.asarray(inner)
    return cover


def _draw_head(layout: Layout) -> Pixels:
    """The playhead: a white pin with a dark rim, taller than the band."""
    rim = max(1, round(2 * layout.scale))
    tall = even(min(layout.strip_height_px + 10 * layout.scale, layout.height_px))
    wide = even(min(layout.stored_px(6 * layout.scale + 2 * rim) + 1, layout.width_px))
    canvas = Canvas(Image.new("RGBA", (wide, tall), (*INK, 0)), pixel_aspect=layout.pixel_aspect)
    width = wide * layout.pixel_aspect
    canvas.pill((0, 0, width, tall), INK, opacity=0.75)
    canvas.pill((rim, rim, width - 2 * rim, tall - 2 * rim), PAPER)
    return canvas.pixels()


def _lerp(back: Pixels, front: Pixels, cover: Pixels) -> Pixels:
    """`front` over `back` where `cover` (0 to 255) says so, alpha included."""
    share: NDArray[np.uint16] = cover.astype(np.uint16)
    return ((front * share + back * (255 - share) + 127) // 255).astype(np.uint8)
