"""The rows of a card as tiles: a label, its number, and its bar, each drawn once and kept.

Numbers and bars change with every frame, so they are put together of parts that many of them have
in common: of 37 % what stands before the last digit, and that digit with its unit; of a bar the
beginning of a full one, its end, and the rest of an empty one. The pixels are those of the whole
drawn at once; where the parts would touch, that is what is done.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from vidclf.core.annotation import Patch, PatchCut, Tile, TiledPatch
from vidclf.overlay.canvas import Canvas, panel
from vidclf.overlay.card_rows import Row
from vidclf.overlay.card_sizes import CardSizes, RowPlace
from vidclf.overlay.colors import Rgb
from vidclf.overlay.layout import Layout
from vidclf.overlay.row_layout import Box, RowLayout
from vidclf.overlay.text import NumberPart, Typeface, line_height_px

_CACHE_BYTES = 24_000_000
_MOST_PANELS = 16


class RowTiles:
    """Draws the rows of cards of one width.

    Args:
        layout: Sizes for the picture.
        sizes: Sizes of the card's parts.
        typeface: What text is drawn in.
        row: Where the parts of a row lie.
        has_bars: Whether numbers are bars, too.
        look: All that the tiles' pixels follow from beside the rows, as a part of their keys.
    """

    def __init__(
        self,
        layout: Layout,
        sizes: CardSizes,
        typeface: Typeface,
        *,
        row: RowLayout,
        has_bars: bool,
        look: str,
    ) -> None:
        self._layout = layout
        self._sizes = sizes
        self._typeface = typeface
        self._has_bars = has_bars
        self._look = look
        self._row = row
        row_bytes = 4 * row.stored_width_px * max(sizes.rows_px(1, has_headline=True))
        most = max(64, _CACHE_BYTES // row_bytes)
        self._label = lru_cache(most)(self._draw_label)
        self._number = lru_cache(most)(self._number_tiles)
        self._number_part = lru_cache(most)(self._draw_number)
        self._bar = lru_cache(most)(self._bar_tiles)
        self._whole_bar = lru_cache(most)(self._draw_bar)
        self._panel = lru_cache(_MOST_PANELS)(self._draw_panel)
        self._foot = lru_cache(64)(self._draw_foot)

    def patch(self, row: Row, place: RowPlace) -> TiledPatch:
        """One row of a card; rows meet without a gap."""
        has_bar = self._has_bars and row.bar is not None
        boxes = self._row.boxes(row.widest, row.unit, row.is_heavy, row.asks, has_bar, place)
        accent = row.color if row.bar is not None and not has_bar else None
        label = (row.label, row.ink, accent, row.is_heavy, row.asks)
        tiles: list[Tile] = [self._label(*label, boxes.room_px, place, boxes.label)]
        if boxes.number:
            number = (row.number, row.unit, row.widest, row.ink, row.is_heavy)
            tiles += self._number(*number, place, boxes.number)
        if boxes.bar and row.bar:
            tiles += self._bar(row.bar, row.color, place, boxes.bar)
        if boxes.foot:
            tiles.append(self._foot(place, boxes.foot))
        return TiledPatch(
            x=place.x,
            y=place.y + place.top_px,
            width=boxes.width_px,
            height=place.height_px,
            tiles=tuple(tiles),
        )

    # --- put together --------------------------------------------------------------------------

    def _number_tiles(
        self,
        number: str,
        unit: str,
        widest: str,
        ink: Rgb,
        is_heavy: bool,
        place: RowPlace,
        box: Box,
    ) -> tuple[Tile, ...]:
        """A number: what stands before its last digit, whichever this is, and that with the unit.

        Only of digits that our font draws: an installed one for others may have another size.
        """
        look = (unit, widest, ink, is_heavy, place, box)
        digit, before = number[-1:], f"{number[:-1]}0"
        if number.isascii() and digit.isdecimal():
            head = self._number_mask(before, "head", unit, widest, is_heavy, place)
            tail = self._number_mask(digit, "tail", unit, widest, is_heavy, place)
            left_px = self._layout.stored_px(self._row.text_left(head)) - box[0]
            column = _column_between(head, tail, left_px=left_px)
            if column is not None:
                return _side_by_side(
                    (self._number_part(before, "head", *look), 0, column),
                    (self._number_part(digit, "tail", *look), column, box[2] - box[0]),
                )
        return (self._number_part(number, "whole", *look),)

    def _bar_tiles(
        self, ends: tuple[float, float], color: Rgb, place: RowPlace, box: Box
    ) -> tuple[Tile, ...]:
        """A bar: the beginning of a full one, the end of a short one, the rest of an empty one.

        Not where ends meet, where it begins elsewhere, or where pixels are not square: ends then
        look a little different in each place.
        """
        left, _, length, height = self._row.track(place)
        end_px, filled_px = height // 2 + 1, round(length * ends[1])
        short_px = 2 * end_px + 2 + filled_px % 2
        has_ends_apart = short_px <= filled_px <= length - end_px
        if ends[0] or not has_ends_apart or self._layout.pixel_aspect != 1:
            return (self._whole_bar(ends, color, place, box),)
        full, short, empty = (
            self._whole_bar((0.0, end), color, place, box) for end in (1.0, short_px / length, 0.0)
        )
        first, end, back = left + filled_px - end_px, left + filled_px + 1, filled_px - short_px
        first, end = first - first % 2, end - end % 2
        return _side_by_side(
            (full, 0, first), (short, first - back, end - back), (empty, end, box[2] - box[0])
        )

    # --- drawn ---------------------------------------------------------------------------------

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
        y, left = self._row.text_top(place), self._layout.padding_px

        def draw(canvas: Canvas) -> None:
            if accent:
                line_px = line_height_px(size_px)
                inset = round(0.12 * line_px)
                mark = (left, y + inset, self._sizes.accent_px[0], line_px - 2 * inset)
                canvas.pill(mark, accent)
            mask = self._typeface.mask(label, size_px=size_px, max_width_px=room_px, heavy=is_heavy)
            x: float = left + self._row.accent_room_px
            canvas.text(mask, x=x, y=y, color=ink)
            if asks:
                x = self._row.question_left(x, mask, place)
                mark_px = self._row.question_px(place)
                mask = self._typeface.mask("?", size_px=size_px, max_width_px=mark_px, heavy=True)
                canvas.text(mask, x=x, y=y, color=ink)

        what = f"{label!r} {ink} {accent} {is_heavy} {asks} {room_px}"
        return self._tile(what, place, box, draw)

    def _draw_number(
        self,
        number: str,
        part: NumberPart,
        unit: str,
        widest: str,
        ink: Rgb,
        is_heavy: bool,
        place: RowPlace,
        box: Box,
    ) -> Patch:
        mask = self._number_mask(number, part, unit, widest, is_heavy, place)

        def draw(canvas: Canvas) -> None:
            canvas.text(mask, x=self._row.text_left(mask), y=self._row.text_top(place), color=ink)

        return self._tile(f"{number} {part} {unit} {widest} {ink} {is_heavy}", place, box, draw)

    def _draw_bar(self, ends: tuple[float, float], color: Rgb, place: RowPlace, box: Box) -> Patch:
        track, mark_px = self._row.track(place), max(1, round(2 * self._layout.scale))

        def draw(canvas: Canvas) -> None:
            canvas.bar(track, ends, color, mark_px=mark_px)

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
            self._row.stored_width_px,
            height_px,
            radius_px=layout.radius_px,
            pixel_aspect=layout.pixel_aspect,
            line_px=max(1, math.floor(1.5 * layout.scale)),
        )

    def _number_mask(
        self,
        number: str,
        part: NumberPart,
        unit: str,
        widest: str,
        is_heavy: bool,
        place: RowPlace,
    ) -> Image.Image:
        return self._row.number_mask(
            number, unit, widest, is_heavy=is_heavy, is_headline=place.is_headline, part=part
        )


def _column_between(head: Image.Image, tail: Image.Image, *, left_px: int) -> int | None:
    """The first even column of a tile that is behind all of the head; None if it is in the tail.

    Args:
        head: Coverage of what stands before.
        tail: Coverage of what stands behind.
        left_px: Where both begin in the tile.
    """
    head_box, tail_box = head.getbbox(), tail.getbbox()
    column = left_px + head_box[2] if head_box else 0
    column += column % 2
    return None if tail_box and left_px + tail_box[0] < column else column


def _side_by_side(*cuts: tuple[Patch, int, int]) -> tuple[Tile, ...]:
    """Cuts of patches that stand in one place, each from a column to before another, as tiles."""
    tiles, x = list[Tile](), cuts[0][0].x
    for whole, first, end in cuts:
        if first < end:
            tiles.append(PatchCut(x=x, y=whole.y, whole=whole, first=first, end=end))
        x += end - first
    return tuple(tiles)
