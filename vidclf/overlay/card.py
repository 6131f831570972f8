"""The card: rows of text with bars, in a corner of the picture."""

from __future__ import annotations

import math
from functools import lru_cache

from vidclf.core.annotation import TiledPatch
from vidclf.overlay.card_rows import Row, Rows, more_row
from vidclf.overlay.card_sizes import CardSizes, RowPlace
from vidclf.overlay.layout import Layout, even
from vidclf.overlay.row_layout import RowLayout
from vidclf.overlay.row_tiles import RowTiles
from vidclf.overlay.text import Typeface
from vidclf.settings import DEFAULT_CORNER, Corner

_MAX_ROWS = 8


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
        self._sizes = CardSizes(layout, has_bars=self._has_bars)
        self._look = f"{layout} {has_bars} {font_name} {position}"
        self._is_at_bottom = position.startswith("bottom")
        self._is_at_right = position.endswith("right")
        self._needed_px = lru_cache(4096)(self._measure)
        self._widest_px = layout.widest_px(self._least_height_px)
        self._set_width(layout.card_width_px)

    @property
    def fits(self) -> bool:
        """Whether the picture is large enough for a card at all."""
        wide_enough = self._layout.most_card_width_px >= 8 * self._layout.headline_px
        return wide_enough and self._layout.fits(self._width_px, self._least_height_px)

    @property
    def _least_height_px(self) -> int:
        return sum(self._sizes.rows_px(1, has_headline=True))

    def widen(self, content: Rows) -> None:
        """Become as wide as rows need, in steps and as far as the picture allows; never narrower.

        So all labels can be read, and the card stands still but for the few moments in which a
        label comes that is longer than all before it.
        """
        layout = self._layout
        if self._width_px == self._widest_px:
            return
        needed = max(
            self._needed_px(
                *(row.label, row.widest, row.unit, row.is_heavy, row.asks),
                content.has_headline and not rank,
            )
            for rank, row in enumerate(content.rows[: self._most_rows(content)])
        )
        if needed <= self._width_px:
            return
        steps = math.ceil((needed - layout.card_width_px) / layout.card_step_px)
        wanted = layout.card_width_px + steps * layout.card_step_px
        self._set_width(min(wanted, self._widest_px))

    def patches(self, content: Rows, *, above_strip: bool = False) -> tuple[TiledPatch, ...]:
        """The card's rows, top to bottom; they meet without a gap.

        Args:
            content: What they say.
            above_strip: Whether a card at the bottom leaves room for the timeline.
        """
        self.widen(content)
        shown = self._shown(content)
        places = self._places(len(shown), content.has_headline, above_strip)
        return tuple(
            self._tiles.patch(row, place) for row, place in zip(shown, places, strict=True)
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

    def _set_width(self, width_px: int) -> None:
        """Take a width; what was drawn at another one is not drawn again."""
        self._width_px = width_px
        self._row = RowLayout(
            self._layout,
            self._sizes,
            self._typeface,
            has_bars=self._has_bars,
            width_px=width_px,
        )
        self._tiles = RowTiles(
            self._layout,
            self._sizes,
            self._typeface,
            row=self._row,
            has_bars=self._has_bars,
            look=f"{self._look} {width_px}",
        )
        self._rows_that_fit = lru_cache(self._count_rows_that_fit)
        self._places = lru_cache(self._find_places)

    def _measure(
        self, label: str, widest: str, unit: str, is_heavy: bool, asks: bool, is_headline: bool
    ) -> int:
        """How wide the card has to be for a row's label to be whole, beside its widest number."""
        size_px = self._sizes.text_px(is_headline=is_headline)
        needed = 2 * self._layout.padding_px
        needed += self._typeface.width_px(label, size_px=size_px, heavy=is_heavy)
        if not self._has_bars:
            needed += sum(self._sizes.accent_px)
        if widest:
            needed += self._row.number_room_px(
                widest, unit, is_heavy=is_heavy, is_headline=is_headline
            )
        return needed + (round(0.75 * size_px) if asks else 0)

    def _count_rows_that_fit(self, most: int, has_headline: bool) -> int:
        heights = (
            (rows, sum(self._sizes.rows_px(rows, has_headline=has_headline)))
            for rows in range(most, 1, -1)
        )
        fitting = (rows for rows, height in heights if self._layout.fits(self._width_px, height))
        return next(fitting, 1)

    def _find_places(
        self, rows: int, has_headline: bool, above_strip: bool
    ) -> tuple[RowPlace, ...]:
        """Where the rows of a card stand."""
        heights = tuple(self._sizes.rows_px(rows, has_headline=has_headline))
        x, y = self._corner(sum(heights), above_strip=above_strip)
        return tuple(
            RowPlace(rank=rank, heights_px=heights, is_headline=has_headline and not rank, x=x, y=y)
            for rank in range(rows)
        )

    def _corner(self, height_px: int, *, above_strip: bool) -> tuple[int, int]:
        """Where the card's top left is, in stored pixels."""
        layout = self._layout
        x, y = even(layout.stored_px(layout.margin_px)), layout.margin_px
        if self._is_at_right:
            x = even(layout.width_px - x - self._row.stored_width_px)
        if self._is_at_bottom:
            strip_px = layout.strip_height_px + layout.margin_px if above_strip else 0
            y = even(layout.height_px - y - strip_px - height_px)
        return x, y
