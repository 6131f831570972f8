"""The card: rows of text with bars, each drawn once and kept."""

from __future__ import annotations

import math
from functools import cached_property, lru_cache

from PIL import Image

from vidclf.core.annotation import Patch
from vidclf.overlay.canvas import Canvas, panel
from vidclf.overlay.card_rows import Row, Rows, more_row
from vidclf.overlay.layout import Layout, even
from vidclf.overlay.text import Typeface, line_height_px
from vidclf.settings import DEFAULT_CORNER, Corner

_CACHE_BYTES = 24_000_000
_MAX_ROWS = 8
_MAX_NUMBER_SHARE = 0.6
"""A number and its unit never take more of a row than this."""


class Card:
    """Draws rows in a corner of the picture, as one patch for each."""

    def __init__(
        self,
        layout: Layout,
        typeface: Typeface,
        *,
        has_bars: bool,
        font_name: str,
        position: Corner = DEFAULT_CORNER,
    ) -> None:
        """Draw at the sizes of `layout`.

        Args:
            layout: Sizes for the picture.
            typeface: What text is drawn in.
            has_bars: Whether numbers are bars too, and runners-up are shown; never on a small
                picture.
            font_name: What text is drawn in, as a part of the patches' keys.
            position: The corner.
        """
        self._layout = layout
        self._typeface = typeface
        self._has_bars = has_bars and not layout.is_small
        self._look = f"{layout} {has_bars} {font_name} {position}"
        self._is_at_bottom = position.startswith("bottom")
        self._is_at_right = position.endswith("right")
        self._needed_px = lru_cache(4096)(self._measure)
        self._set_width(layout.card_width_px)

    @property
    def fits(self) -> bool:
        """Whether the picture is large enough for a card at all."""
        wide_enough = self._layout.most_card_width_px >= 8 * self._layout.headline_px
        height_px = sum(self._heights_px(1, has_headline=True))
        return wide_enough and self._layout.fits(self._width_px, height_px)

    def widen(self, content: Rows) -> None:
        """Become as wide as rows need, in steps and as far as the picture allows; never narrower.

        So all labels can be read, and the card stands still but for the few moments in which a
        label comes that is longer than all before it.
        """
        layout, rows = self._layout, content.rows[: self._most_rows(content)]
        needed = max(
            self._needed_px(
                *(row.label, row.widest, row.unit, row.is_heavy, row.asks),
                content.has_headline and not rank,
            )
            for rank, row in enumerate(rows)
        )
        if needed <= self._width_px or self._width_px == layout.most_card_width_px:
            return
        steps = math.ceil((needed - layout.card_width_px) / layout.card_step_px)
        wanted = layout.card_width_px + steps * layout.card_step_px
        self._set_width(min(wanted, layout.most_card_width_px))

    def patches(self, content: Rows, *, above_strip: bool = False) -> tuple[Patch, ...]:
        """The card's rows, top to bottom; they meet without a gap.

        Args:
            content: What they say.
            above_strip: Whether a card at the bottom leaves room for the timeline.
        """
        self.widen(content)
        shown = self._shown(content)
        return tuple(
            self._patch(row, rank, len(shown), content.has_headline, above_strip)
            for rank, row in enumerate(shown)
        )

    def _shown(self, content: Rows) -> tuple[Row, ...]:
        """The rows that fit; where others are missed, the last one says how many."""
        rows = content.rows
        fitting = self._rows_that_fit(self._most_rows(content), content.has_headline)
        if content.is_ranked or fitting in (1, len(rows)):
            return rows[:fitting]
        return *rows[: fitting - 1], more_row(len(rows) - fitting + 1)

    def _most_rows(self, content: Rows) -> int:
        has_one = content.is_ranked and not self._has_bars
        return min(len(content.rows), 1 if has_one else _MAX_ROWS)

    def _rows_that_fit(self, most: int, has_headline: bool) -> int:
        heights = ((rows, sum(self._heights_px(rows, has_headline))) for rows in range(most, 1, -1))
        fitting = (rows for rows, height in heights if self._layout.fits(self._width_px, height))
        return next(fitting, 1)

    # --- sizes ---------------------------------------------------------------------------------

    def _set_width(self, width_px: int) -> None:
        """Take a width; what was drawn at another one is not drawn again."""
        self._width_px = width_px
        row_bytes = 4 * self._layout.stored_px(width_px) * self._headline_height_px
        self._patch = lru_cache(max(16, _CACHE_BYTES // row_bytes))(self._draw)
        self._panel = lru_cache(2 * _MAX_ROWS)(self._draw_panel)

    def _measure(
        self, label: str, widest: str, unit: str, is_heavy: bool, asks: bool, is_headline: bool
    ) -> int:
        """How wide the card has to be for a row's label to be whole, beside its widest number."""
        size_px = self._layout.headline_px if is_headline else self._layout.row_px
        needed = 2 * self._layout.padding_px
        needed += self._typeface.width_px(label, size_px=size_px, heavy=is_heavy)
        if not self._has_bars:
            needed += sum(self._accent_px)
        if widest:
            mask = self._number_mask(widest, unit, widest, size_px=size_px, is_heavy=is_heavy)
            needed += self._number_room_px(mask, size_px)
        return needed + (round(0.75 * size_px) if asks else 0)

    @cached_property
    def _accent_px(self) -> tuple[int, int]:
        """The mark that stands for a bar, and the gap behind it."""
        layout = self._layout
        if layout.is_small:
            return 3, 4
        return max(2, round(6 * layout.scale)), round(0.42 * layout.headline_px)

    @cached_property
    def _gap_px(self) -> int:
        return max(2, round(6 * self._layout.scale))

    @cached_property
    def _bar_px(self) -> int:
        return max(2, round(7 * self._layout.scale))

    @cached_property
    def _row_bar_px(self) -> int:
        return max(2, round(0.6 * self._bar_px))

    @cached_property
    def _head_px(self) -> int:
        """What is above the first row's text."""
        return round(0.75 * self._layout.padding_px)

    @cached_property
    def _headline_height_px(self) -> int:
        line = line_height_px(self._layout.headline_px)
        bar = self._gap_px + self._bar_px if self._has_bars else 0
        return even(line + bar + 1.5 * self._layout.padding_px + 1)

    @cached_property
    def _row_height_px(self) -> int:
        line = line_height_px(self._layout.row_px)
        bar = self._gap_px + self._row_bar_px if self._has_bars else 0
        return even(line + bar + 0.45 * self._layout.padding_px + 1)

    def _heights_px(self, rows: int, has_headline: bool) -> list[int]:
        """Heights of a card's rows, which make up the whole card."""
        heights = [self._row_height_px] * rows
        if has_headline:
            heights[0] = self._headline_height_px
        else:
            heights[0] += even(self._head_px)
        if rows > 1:
            heights[-1] += even(0.5 * self._layout.padding_px)
        return heights

    # --- drawing -------------------------------------------------------------------------------

    def _draw_panel(self, height_px: int) -> Image.Image:
        layout = self._layout
        return panel(
            even(layout.stored_px(self._width_px)),
            height_px,
            radius_px=layout.radius_px,
            pixel_aspect=layout.pixel_aspect,
            line_px=max(1, math.floor(1.5 * layout.scale)),
        )

    def _draw(self, row: Row, rank: int, rows: int, has_headline: bool, above_strip: bool) -> Patch:
        layout, heights = self._layout, self._heights_px(rows, has_headline)
        ground, top = self._panel(sum(heights)), sum(heights[:rank])
        tile = ground.crop((0, top, ground.width, top + heights[rank]))
        canvas = Canvas(tile, pixel_aspect=layout.pixel_aspect)
        self._draw_row(
            canvas, row, y=0 if rank else self._head_px, is_headline=has_headline and not rank
        )
        x, y = self._corner(ground, above_strip=above_strip)
        key = f"{self._look} {ground.size} {rank}/{rows} {has_headline} {row}"
        return Patch(x=x, y=y + top, rgba=canvas.pixels(), key=key)

    def _corner(self, ground: Image.Image, *, above_strip: bool) -> tuple[int, int]:
        """Where the card's top left is, in stored pixels."""
        layout = self._layout
        x, y = even(layout.stored_px(layout.margin_px)), layout.margin_px
        if self._is_at_right:
            x = even(layout.width_px - x - ground.width)
        if self._is_at_bottom:
            strip_px = layout.strip_height_px + layout.margin_px if above_strip else 0
            y = even(layout.height_px - y - strip_px - ground.height)
        return x, y

    def _draw_row(self, canvas: Canvas, row: Row, *, y: int, is_headline: bool) -> None:
        layout, left = self._layout, self._layout.padding_px
        size = layout.headline_px if is_headline else layout.row_px
        line = line_height_px(size)
        if not self._has_bars:
            left += self._draw_accent(canvas, row, y=y, line_px=line)
        elif row.bar:
            gap = self._gap_px if is_headline else max(1, self._gap_px // 2)
            height = self._bar_px if is_headline else self._row_bar_px
            box = (left, y + line + gap, self._width_px - 2 * left, height)
            canvas.bar(box, row.bar, row.color, mark_px=max(1, round(2 * layout.scale)))
        self._draw_line(canvas, row, left=left, y=y, size_px=size)

    def _draw_accent(self, canvas: Canvas, row: Row, *, y: int, line_px: int) -> int:
        """A mark in the row's colour where there is no bar; returns the room that it takes."""
        (width, gap), inset = self._accent_px, round(0.12 * line_px)
        if row.bar:
            box = (self._layout.padding_px, y + inset, width, line_px - 2 * inset)
            canvas.pill(box, row.color)
        return width + gap

    def _draw_line(self, canvas: Canvas, row: Row, *, left: int, y: int, size_px: int) -> None:
        """A label at the left, marked if uncertain, and its number at the right edge."""
        right = self._width_px - self._layout.padding_px
        if row.number:
            right -= self._draw_number(canvas, row, right=right, y=y, size_px=size_px)
        mark_px = round(0.75 * size_px) if row.asks else 0
        room = right - left - mark_px
        label = self._typeface.mask(
            row.label, size_px=size_px, max_width_px=room, heavy=row.is_heavy
        )
        canvas.text(label, x=left, y=y, color=row.ink)
        if row.asks:
            mark = self._typeface.mask("?", size_px=size_px, max_width_px=mark_px, heavy=True)
            x = left + self._shown_px(label) + round(0.25 * size_px)
            canvas.text(mark, x=x, y=y, color=row.ink)

    def _draw_number(self, canvas: Canvas, row: Row, *, right: int, y: int, size_px: int) -> int:
        """Returns the room that the number takes, with a gap before it."""
        mask = self._number_mask(
            row.number, row.unit, row.widest, size_px=size_px, is_heavy=row.is_heavy
        )
        canvas.text(mask, x=right - self._shown_px(mask), y=y, color=row.ink)
        return self._number_room_px(mask, size_px)

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

    def _number_room_px(self, mask: Image.Image, size_px: int) -> int:
        """What a number takes of a row, with the gap before it."""
        return self._shown_px(mask) + round(0.35 * size_px)

    def _shown_px(self, mask: Image.Image) -> int:
        return math.ceil(mask.width * self._layout.pixel_aspect)
