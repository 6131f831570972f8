"""Where the parts of a card's row lie, in cards of one width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from vidclf.overlay.card_sizes import CardSizes, RowPlace
from vidclf.overlay.layout import Layout, even
from vidclf.overlay.text import NumberPart, Typeface, line_height_px

_MAX_NUMBER_SHARE = 0.6
"""A number and its unit never take more of a row than this."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in stored pixels of the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBoxes:
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


class RowLayout:
    """Says where a row's label, number and bar are.

    Args:
        layout: Sizes for the picture.
        sizes: Sizes of the card's parts.
        typeface: What text is drawn in.
        has_bars: Whether numbers are bars, too.
        width_px: Of the card, in display pixels.
    """

    def __init__(
        self,
        layout: Layout,
        sizes: CardSizes,
        typeface: Typeface,
        *,
        has_bars: bool,
        width_px: int,
    ) -> None:
        self._layout = layout
        self._sizes = sizes
        self._typeface = typeface
        self._has_bars = has_bars
        self._width_px = width_px
        self.boxes = lru_cache(256)(self._find_boxes)

    @property
    def stored_width_px(self) -> int:
        """Width of the card in stored pixels."""
        return even(self._layout.stored_px(self._width_px))

    def text_top(self, place: RowPlace) -> int:
        """Where the line of text begins, from the row's top."""
        return 0 if place.rank else self._sizes.head_px

    def text_left(self, mask: Image.Image) -> int:
        """Where a number begins that ends at the card's right, in display pixels."""
        return self._width_px - self._layout.padding_px - self._shown_px(mask)

    def track(self, place: RowPlace) -> tuple[int, int, int, int]:
        """The bar's track: left, top in the row, length and height in display pixels."""
        left, is_headline = self._layout.padding_px, place.is_headline
        size_px = self._sizes.text_px(is_headline=is_headline)
        gap_px = self._sizes.gap_px(is_headline=is_headline)
        top = self.text_top(place) + line_height_px(size_px) + gap_px
        return left, top, self._width_px - 2 * left, self._sizes.bar_px(is_headline=is_headline)

    def number_mask(
        self,
        number: str,
        unit: str,
        widest: str,
        *,
        is_heavy: bool,
        is_headline: bool,
        part: NumberPart = "whole",
    ) -> Image.Image:
        """A number's text; see `Typeface.number_mask`."""
        return self._typeface.number_mask(
            number,
            unit=unit,
            widest=widest,
            size_px=self._sizes.text_px(is_headline=is_headline),
            max_width_px=round(_MAX_NUMBER_SHARE * self._layout.most_card_width_px),
            heavy=is_heavy,
            part=part,
        )

    def number_room_px(self, widest: str, unit: str, *, is_heavy: bool, is_headline: bool) -> int:
        """What a number takes of a row, with the gap before it."""
        size_px = self._sizes.text_px(is_headline=is_headline)
        mask = self.number_mask(widest, unit, widest, is_heavy=is_heavy, is_headline=is_headline)
        return self._shown_px(mask) + round(0.35 * size_px)

    @property
    def accent_room_px(self) -> int:
        """What the mark takes that stands before a label where there is no bar."""
        return 0 if self._has_bars else sum(self._sizes.accent_px)

    def question_px(self, place: RowPlace) -> int:
        """What the mark behind an uncertain label takes."""
        return round(0.75 * self._sizes.text_px(is_headline=place.is_headline))

    def question_left(self, label_left: float, label: Image.Image, place: RowPlace) -> float:
        """Where it begins, in display pixels."""
        gap = round(0.25 * self._sizes.text_px(is_headline=place.is_headline))
        return label_left + self._shown_px(label) + gap

    def _find_boxes(
        self, widest: str, unit: str, is_heavy: bool, asks: bool, has_bar: bool, place: RowPlace
    ) -> RowBoxes:
        """Where a row's tiles lie: they begin and end between pairs of pixels, as chroma does."""
        size_px = self._sizes.text_px(is_headline=place.is_headline)
        width, height = self.stored_width_px, place.height_px
        room = self._width_px - 2 * self._layout.padding_px - self.accent_room_px
        text_bottom, bar_bottom, number_left = height, height, width
        if asks:
            room -= self.question_px(place)
        if widest:
            head = place.is_headline
            mask = self.number_mask(widest, unit, widest, is_heavy=is_heavy, is_headline=head)
            number_left = even(self._layout.stored_px(self.text_left(mask)))
            room -= self.number_room_px(widest, unit, is_heavy=is_heavy, is_headline=head)
        if has_bar:
            _, bar_top, _, bar_height = self.track(place)
            text_bottom = even(self.text_top(place) + line_height_px(size_px) + 1)
            bar_bottom = even(bar_top + bar_height + 1)
        return RowBoxes(
            width_px=width,
            room_px=room,
            label=(0, 0, number_left, text_bottom),
            number=(number_left, 0, width, text_bottom) if widest else None,
            bar=(0, text_bottom, width, bar_bottom) if has_bar else None,
            foot=(0, bar_bottom, width, height) if bar_bottom < height else None,
        )

    def _shown_px(self, mask: Image.Image) -> int:
        return math.ceil(mask.width * self._layout.pixel_aspect)
