"""How large the parts of a card are, and where its rows stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from vidclf.overlay.layout import Layout, even
from vidclf.overlay.text import line_height_px


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowPlace:
    """Where a row stands, and in which card; one object for each, as tiles are kept by it."""

    rank: int
    """Which one it is, from the top."""
    heights_px: tuple[int, ...]
    """The heights of all rows of the card."""
    is_headline: bool
    """Whether its text is large."""
    x: int
    """Left edge of the card in frame pixels."""
    y: int
    """Top edge of the card in frame pixels."""

    @property
    def top_px(self) -> int:
        """The row's top in the card."""
        return sum(self.heights_px[: self.rank])

    @property
    def height_px(self) -> int:
        """The row's height."""
        return self.heights_px[self.rank]


class CardSizes:
    """Sizes in display pixels of a card's rows and of what is in them.

    Args:
        layout: Sizes for the picture.
        has_bars: Whether rows have bars.
    """

    def __init__(self, layout: Layout, *, has_bars: bool) -> None:
        self._layout = layout
        self._has_bars = has_bars

    def text_px(self, *, is_headline: bool) -> int:
        """Type size of a row."""
        return self._layout.headline_px if is_headline else self._layout.row_px

    def rows_px(self, rows: int, *, has_headline: bool) -> list[int]:
        """Heights of a card's rows, which make up the whole card; all even."""
        heights = [self._row_height_px] * rows
        if has_headline:
            heights[0] = self._headline_height_px
        else:
            heights[0] += even(self.head_px)
        if rows > 1:
            heights[-1] += even(0.5 * self._layout.padding_px)
        return heights

    @cached_property
    def accent_px(self) -> tuple[int, int]:
        """The mark that stands for a bar, and the gap behind it."""
        layout = self._layout
        if layout.is_small:
            return 3, 4
        return max(2, round(6 * layout.scale)), round(0.42 * layout.headline_px)

    def gap_px(self, *, is_headline: bool) -> int:
        """Between a row's line of text and its bar, at least 1."""
        return self._gap_px if is_headline else max(1, self._gap_px // 2)

    def bar_px(self, *, is_headline: bool) -> int:
        """Thickness of a row's bar."""
        return self._bar_px if is_headline else self._row_bar_px

    @cached_property
    def head_px(self) -> int:
        """What is above the first row's text."""
        return round(0.75 * self._layout.padding_px)

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
    def _headline_height_px(self) -> int:
        line = line_height_px(self._layout.headline_px)
        bar = self._gap_px + self._bar_px if self._has_bars else 0
        return even(line + bar + 1.5 * self._layout.padding_px + 1)

    @cached_property
    def _row_height_px(self) -> int:
        line = line_height_px(self._layout.row_px)
        bar = self._gap_px + self._row_bar_px if self._has_bars else 0
        return even(line + bar + 0.45 * self._layout.padding_px + 1)
