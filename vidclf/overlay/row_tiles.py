"""The rows of a card as tiles: a label, its number, and its bar, each drawn once and kept.

Numbers and bars change with every frame, but there are few of them: a hundred percentages, whatever
the label. So they are drawn, kept and exchanged without their row.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from vidclf.core.annotation import Patch, TiledPatch
from vidclf.overlay.canvas import Canvas, panel
from vidclf.overlay.card_rows import Row
from vidclf.overlay.card_sizes import CardSizes, RowPlace
from vidclf.overlay.colors import Rgb
from vidclf.overlay.layout import Layout, even
from vidclf.overlay.text import Typeface, line_height_px

_CACHE_BYTES = 24_000_000
_MOST_PANELS = 16
_MAX_NUMBER_SHARE = 0.6
"""A number and its unit never take more of a row than this."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in stored pixels of the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Boxes:
    """Where the tiles of a row lie."""

    width_px: int
    """The row's width in stored pixels."""
    room_px: int
    """What the label may take, in display pixels."""
    label: Box
    """The label and all to its left."""
    number: Box | None
    """The number and all to its right."""
    bar: Box | None
    """The bar, from edge to edge."""
    foot: Box | None
    """What is left below the bar."""


class RowTiles:
    """Draws the rows of cards of one width.

    Args:
        layout: Sizes for the picture.
        sizes: Sizes of the card's parts.
        typeface: What text is drawn in.
        has_bars: Whether numbers are bars, too.
        width_px: Of the card, in display pixels.
        look: All that the tiles' pixels follow from beside the rows, as a part of their keys.
    """

    def __init__(
        self,
        layout: Layout,
        sizes: CardSizes,
        typeface: Typeface,
        *,
        has_bars: bool,
        width_px: int,
        look: str,
    ) -> None:
        self._layout = layout
        self._sizes = sizes
        self._typeface = typeface
        self._has_bars = has_bars
        self._width_px = width_px
        self._look = f"{look} {width_px}"
        row_bytes = 4 * self.stored_width_px * max(sizes.rows_px(1, has_headline=True))
        most = max(64, _CACHE_BYTES // row_bytes)
        self._label = lru_cache(most)(self._draw_label)
        self._number = lru_cache(most)(self._draw_number)
        self._bar = lru_cache(most)(self._draw_bar)
        self._panel = lru_cache(_MOST_PANELS)(self._draw_panel)
        self._boxes = lru_cache(256)(self._find_boxes)
        self._foot = lru_cache(64)(self._draw_foot)

    @property
    def stored_width_px(self) -> int:
        """Width of the card in stored pixels."""
        return even(self._layout.stored_px(self._width_px))

    def patch(self, row: Row, place: RowPlace) -> TiledPatch:
        """One row of a card; rows meet without a gap."""
        has_bar = self._has_bars and row.bar is not None
        boxes = self._boxes(row.widest, row.unit, row.is_heavy, row.asks, has_bar, place)
        accent = row.color if row.bar is not None and not has_bar else None
        tiles = [
            self._label(
                *(row.label, row.ink, accent, row.is_heavy, row.asks),
                boxes.room_px,
                place,
                boxes.label,
            )
        ]
        if boxes.number:
            what = (row.number, row.unit, row.widest, row.ink, row.is_heavy)
            tiles.append(self._number(*what, place, boxes.number))
        if boxes.bar and row.bar:
            tiles.append(self._bar(row.bar, row.color, place, boxes.bar))
        if boxes.foot:
            tiles.append(self._foot(place, boxes.foot))
        return TiledPatch(
            x=place.x,
            y=place.y + place.top_px,
            width=boxes.width_px,
            height=place.height_px,
            tiles=tuple(tiles),
        )

    def number_room_px(self, widest: str, unit: str, *, is_heavy: bool, is_headline: bool) -> int:
        """What a number takes of a row, with the gap before it."""
        size_px = self._sizes.text_px(is_headline=is_headline)
        mask = self._number_mask(widest, unit, widest, size_px=size_px, is_heavy=is_heavy)
        return self._shown_px(mask) + round(0.35 * size_px)

    # --- tiles ---------------------------------------------------------------------------------

    def _draw_label(
        self,
        label: str,
        ink: Rgb,
        accent: Rgb | None,
        is_heavy: bool,
        asks: bool,
        room_px: int,
        place: RowPlace,
        box: Box,
    ) -> Patch:
        """A label at the left, behind its mark, with a question mark if it is uncertain."""
        size_px = self._sizes.text_px(is_headline=place.is_headline)
        y, left = self._text_top(place), self._layout.padding_px

        def draw(canvas: Canvas) -> None:
            if accent:
                line_px = line_height_px(size_px)
                inset = round(0.12 * line_px)
                mark = (left, y + inset, self._sizes.accent_px[0], line_px - 2 * inset)
                canvas.pill(mark, accent)
            mask = self._typeface.mask(label, size_px=size_px, max_width_px=room_px, heavy=is_heavy)
            x = left + self._accent_room_px
            canvas.text(mask, x=x, y=y, color=ink)
            if asks:
                x += self._shown_px(mask) + round(0.25 * size_px)
                mark_px = self._question_px(size_px)
                mask = self._typeface.mask("?", size_px=size_px, max_width_px=mark_px, heavy=True)
                canvas.text(mask, x=x, y=y, color=ink)

        what = f"{label!r} {ink} {accent} {is_heavy} {asks} {room_px}"
        return self._tile(what, place, box, draw)

    def _draw_number(
        self,
        number: str,
        unit: str,
        widest: str,
        ink: Rgb,
        is_heavy: bool,
        place: RowPlace,
        box: Box,
    ) -> Patch:
        size_px = self._sizes.text_px(is_headline=place.is_headline)
        mask = self._number_mask(number, unit, widest, size_px=size_px, is_heavy=is_heavy)
        x = self._width_px - self._layout.padding_px - self._shown_px(mask)

        def draw(canvas: Canvas) -> None:
            canvas.text(mask, x=x, y=self._text_top(place), color=ink)

        what = f"{number} {unit} {widest} {ink} {is_heavy}"
        return self._tile(what, place, box, draw)

    def _draw_bar(self, ends: tuple[float, float], color: Rgb, place: RowPlace, box: Box) -> Patch:
        left, y = self._layout.padding_px, self._bar_top(place)
        height = self._sizes.bar_px(is_headline=place.is_headline)

        def draw(canvas: Canvas) -> None:
            track = (left, y, self._width_px - 2 * left, height)
            canvas.bar(track, ends, color, mark_px=max(1, round(2 * self._layout.scale)))

        return self._tile(f"{ends} {color}", place, box, draw)

    def _draw_foot(self, place: RowPlace, box: Box) -> Patch:
        """What is below a row's bar: the ground alone."""
        return self._tile("", place, box, lambda canvas: None)

    def _tile(self, what: str, place: RowPlace, box: Box, draw: Callable[[Canvas], None]) -> Patch:
        """The card's ground inside a box of a row, with what is drawn on it."""
        left, top, right, bottom = box
        ground = self._panel(sum(place.heights_px))
        image = ground.crop((left, place.top_px + top, right, place.top_px + bottom))
        canvas = Canvas(image, pixel_aspect=self._layout.pixel_aspect, origin=(left, top))
        draw(canvas)
        key = f"{self._look} {place.heights_px} {place.rank} {place.is_headline} {box} {what}"
        x, y = place.x + left, place.y + place.top_px + top
        return Patch(x=x, y=y, rgba=canvas.pixels(), key=key)

    def _draw_panel(self, height_px: int) -> Image.Image:
        layout = self._layout
        return panel(
            self.stored_width_px,
            height_px,
            radius_px=layout.radius_px,
            pixel_aspect=layout.pixel_aspect,
            line_px=max(1, math.floor(1.5 * layout.scale)),
        )

    # --- places --------------------------------------------------------------------------------

    def _text_top(self, place: RowPlace) -> int:
        return 0 if place.rank else self._sizes.head_px

    def _find_boxes(
        self, widest: str, unit: str, is_heavy: bool, asks: bool, has_bar: bool, place: RowPlace
    ) -> _Boxes:
        """Where a row's tiles lie: they begin and end between pairs of pixels, as chroma does."""
        size_px = self._sizes.text_px(is_headline=place.is_headline)
        width, height = self.stored_width_px, place.height_px
        room = self._width_px - 2 * self._layout.padding_px - self._accent_room_px
        text_bottom, bar_bottom, number_left = height, height, width
        if asks:
            room -= self._question_px(size_px)
        if widest:
            mask = self._number_mask(widest, unit, widest, size_px=size_px, is_heavy=is_heavy)
            x = self._width_px - self._layout.padding_px - self._shown_px(mask)
            number_left = even(self._layout.stored_px(x))
            room -= self.number_room_px(
                widest, unit, is_heavy=is_heavy, is_headline=place.is_headline
            )
        if has_bar:
            text_bottom = even(self._text_top(place) + line_height_px(size_px) + 1)
            bar_bottom = even(
                self._bar_top(place) + self._sizes.bar_px(is_headline=place.is_headline) + 1
            )
        return _Boxes(
            width_px=width,
            room_px=room,
            label=(0, 0, number_left, text_bottom),
            number=(number_left, 0, width, text_bottom) if widest else None,
            bar=(0, text_bottom, width, bar_bottom) if has_bar else None,
            foot=(0, bar_bottom, width, height) if bar_bottom < height else None,
        )

    def _bar_top(self, place: RowPlace) -> int:
        size_px = self._sizes.text_px(is_headline=place.is_headline)
        gap_px = self._sizes.gap_px(is_headline=place.is_headline)
        return self._text_top(place) + line_height_px(size_px) + gap_px

    @property
    def _accent_room_px(self) -> int:
        return 0 if self._has_bars else sum(self._sizes.accent_px)

    def _question_px(self, size_px: int) -> int:
        """What the mark behind an uncertain label takes."""
        return round(0.75 * size_px)

    def _number_mask(
        self, number: str, unit: str, widest: str, *, size_px: int, is_heavy: bool
    ) -> Image.Image:
        return self._typeface.number_mask(
            number,
            unit=unit,
            widest=widest,
            size_px=size_px,
            max_width_px=round(_MAX_NUMBER_SHARE * self._layout.most_card_width_px),
            heavy=is_heavy,
        )

    def _shown_px(self, mask: Image.Image) -> int:
        return math.ceil(mask.width * self._layout.pixel_aspect)
