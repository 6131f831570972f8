"""The card: the top answer as a headline, runners-up as rows, each drawn once and kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

from PIL import Image

from vidclf.frames import Answer, Moment, Patch
from vidclf.overlay.canvas import Canvas, panel
from vidclf.overlay.colors import MUTED, NEUTRAL, PAPER, SOFT, Rgb, class_color
from vidclf.overlay.metrics import Metrics, even
from vidclf.overlay.text import Typeface, line_height_px, one_line

_CACHE_BYTES = 48_000_000
_MAX_ROWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """All that the pixels of one row follow from."""

    label: str
    """Text on one line."""
    class_id: int
    """The class, for its colour."""
    percent: int
    """Confidence, 0 to 100."""
    rank: int
    """0 for the headline."""
    rows: int
    """Rows of the whole card."""
    is_sure: bool
    """Whether the top answer reaches the threshold."""

    @property
    def color(self) -> Rgb:
        """Colour of its bar; only the headline's class has one, as a table names no other class."""
        if not self.is_sure:
            return NEUTRAL
        return class_color(self.class_id) if self.rank == 0 else SOFT

    @property
    def key(self) -> str:
        """Equal for rows of equal pixels."""
        return f"{self.rank}/{self.rows} {self.class_id} {self.percent} {self.is_sure} {self.label}"


class Card:
    """Draws a moment's answers at the picture's top left, as one patch for each row."""

    def __init__(
        self,
        metrics: Metrics,
        typeface: Typeface,
        *,
        has_bars: bool,
        threshold: float,
        font_name: str,
    ) -> None:
        """Draw at the sizes of `metrics`.

        Args:
            metrics: Sizes for the picture.
            typeface: What text is drawn in.
            has_bars: Whether confidences are bars too, and runners-up are shown.
            threshold: Top answers below this confidence are shown as uncertain.
            font_name: What text is drawn in, as a part of the patches' keys.
        """
        self._metrics = metrics
        self._typeface = typeface
        self._has_bars = has_bars
        self._threshold = threshold
        self._look = f"{metrics} {has_bars} {font_name}"
        row_bytes = 4 * metrics.stored_px(metrics.card_width_px) * self._headline_height_px
        self._patch = lru_cache(max(16, _CACHE_BYTES // row_bytes))(self._draw)
        self._panel = lru_cache(_MAX_ROWS)(self._draw_panel)

    @property
    def fits(self) -> bool:
        """Whether the picture is large enough for a card at all."""
        wide_enough = self._metrics.card_width_px >= 8 * self._metrics.headline_px
        return wide_enough and self._metrics.fits(self._card_height_px(1))

    def patches(self, moment: Moment) -> tuple[Patch, ...]:
        """The card's rows, top to bottom; they meet without a gap."""
        shown = moment.answers[: self._rows_that_fit(len(moment.answers))]
        is_sure = moment.answers[0].confidence >= self._threshold
        return tuple(
            self._patch(_row(answer, rank=rank, rows=len(shown), is_sure=is_sure))
            for rank, answer in enumerate(shown)
        )

    def _rows_that_fit(self, count: int) -> int:
        most = min(count, _MAX_ROWS) if self._has_bars else 1
        return next(
            (rows for rows in range(most, 1, -1) if self._metrics.fits(self._card_height_px(rows))),
            1,
        )

    # --- sizes ---------------------------------------------------------------------------------

    @cached_property
    def _gap_px(self) -> int:
        return max(2, round(6 * self._metrics.scale))

    @cached_property
    def _bar_px(self) -> int:
        return max(2, round(7 * self._metrics.scale))

    @cached_property
    def _headline_height_px(self) -> int:
        line = line_height_px(self._metrics.headline_px)
        bar = self._gap_px + self._bar_px if self._has_bars else 0
        return even(line + bar + 1.5 * self._metrics.padding_px + 1)

    @cached_property
    def _row_height_px(self) -> int:
        line = line_height_px(self._metrics.row_px)
        return even(line + self._gap_px + self._row_bar_px + 0.45 * self._metrics.padding_px + 1)

    @cached_property
    def _row_bar_px(self) -> int:
        return max(2, round(0.6 * self._bar_px))

    @cached_property
    def _foot_px(self) -> int:
        return even(0.5 * self._metrics.padding_px)

    def _card_height_px(self, rows: int) -> int:
        foot = self._foot_px if rows > 1 else 0
        return self._headline_height_px + (rows - 1) * self._row_height_px + foot

    def _span_px(self, rank: int, rows: int) -> tuple[int, int]:
        """Top and bottom of a row, in the card."""
        top = 0 if rank == 0 else self._headline_height_px + (rank - 1) * self._row_height_px
        is_last = rank == rows - 1
        return top, self._card_height_px(rows) if is_last else self._span_px(rank + 1, rows)[0]

    # --- drawing -------------------------------------------------------------------------------

    def _draw_panel(self, rows: int) -> Image.Image:
        metrics = self._metrics
        return panel(
            even(metrics.stored_px(metrics.card_width_px)),
            self._card_height_px(rows),
            radius_px=metrics.radius_px,
            pixel_aspect=metrics.pixel_aspect,
            line_px=max(1, math.floor(1.5 * metrics.scale)),
        )

    def _draw(self, row: _Row) -> Patch:
        metrics, ground = self._metrics, self._panel(row.rows)
        top, bottom = self._span_px(row.rank, row.rows)
        tile = ground.crop((0, top, ground.width, bottom))
        canvas = Canvas(tile, pixel_aspect=metrics.pixel_aspect)
        if row.rank == 0:
            self._draw_headline(canvas, row)
        else:
            self._draw_row(canvas, row)
        x = even(metrics.stored_px(metrics.margin_px))
        key = f"{self._look} {row.key}"
        return Patch(x=x, y=metrics.margin_px + top, rgba=canvas.pixels(), key=key)

    def _draw_headline(self, canvas: Canvas, row: _Row) -> None:
        metrics, top = self._metrics, round(0.75 * self._metrics.padding_px)
        line, left = line_height_px(metrics.headline_px), metrics.padding_px
        if self._has_bars:
            self._draw_bar(canvas, row, y=top + line + self._gap_px, height_px=self._bar_px)
        else:
            accent, inset = max(2, round(6 * metrics.scale)), round(0.12 * line)
            canvas.pill((left, top + inset, accent, line - 2 * inset), row.color)
            left += accent + round(0.42 * metrics.headline_px)
        ink = PAPER if row.is_sure else MUTED
        self._draw_line(canvas, row, left=left, y=top, size_px=metrics.headline_px, ink=ink)

    def _draw_row(self, canvas: Canvas, row: _Row) -> None:
        size, left = self._metrics.row_px, self._metrics.padding_px
        ink = SOFT if row.is_sure else MUTED
        self._draw_line(canvas, row, left=left, y=0, size_px=size, ink=ink)
        y = line_height_px(size) + max(1, self._gap_px // 2)
        self._draw_bar(canvas, row, y=y, height_px=self._row_bar_px)

    def _draw_line(
        self, canvas: Canvas, row: _Row, *, left: int, y: int, size_px: int, ink: Rgb
    ) -> None:
        """A label at the left, marked if uncertain, and its percentage at the right edge."""
        heavy, gap = row.rank == 0, round(0.35 * size_px)
        number = self._typeface.percent_mask(row.percent, size_px=size_px, heavy=heavy)
        right = self._metrics.card_width_px - self._metrics.padding_px - self._shown_px(number)
        canvas.text(number, x=right, y=y, color=ink)
        mark_px = round(0.75 * size_px) if heavy and not row.is_sure else 0
        room = right - left - gap - mark_px
        label = self._typeface.mask(row.label, size_px=size_px, max_width_px=room, heavy=heavy)
        canvas.text(label, x=left, y=y, color=ink)
        if mark_px:
            mark = self._typeface.mask("?", size_px=size_px, max_width_px=mark_px, heavy=True)
            canvas.text(
                mark, x=left + self._shown_px(label) + round(0.25 * size_px), y=y, color=ink
            )

    def _draw_bar(self, canvas: Canvas, row: _Row, *, y: int, height_px: int) -> None:
        left = self._metrics.padding_px
        length = self._metrics.card_width_px - 2 * left
        canvas.pill((left, y, length, height_px), PAPER, opacity=0.16)
        if row.percent:
            filled = max(height_px, length * row.percent / 100)
            canvas.pill((left, y, filled, height_px), row.color)

    def _shown_px(self, mask: Image.Image) -> int:
        return math.ceil(mask.width * self._metrics.pixel_aspect)


def _row(answer: Answer, *, rank: int, rows: int, is_sure: bool) -> _Row:
    confidence = min(1.0, max(0.0, answer.confidence))
    return _Row(
        label=one_line(answer.label) or _unnamed(answer.class_id),
        class_id=answer.class_id if rank == 0 else -1,
        percent=round(100 * confidence),
        rank=rank,
        rows=rows,
        is_sure=is_sure,
    )


def _unnamed(class_id: int) -> str:
    return "unknown" if class_id < 0 else f"class {class_id}"
