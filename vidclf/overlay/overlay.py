"""What is drawn on a clip: the card and the strip, as patches for each moment."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

from vidclf.core.annotation import Moment, Patch
from vidclf.errors import UsageError
from vidclf.overlay.card import Card
from vidclf.overlay.card_rows import Rows, equal_rows, ranked_rows
from vidclf.overlay.gauges import Gauges
from vidclf.overlay.layout import Metrics, measure
from vidclf.overlay.text import Typeface
from vidclf.overlay.timeline_bar import Strip
from vidclf.settings import DEFAULT_STYLE, DEFAULT_THRESHOLD, Style

_log = logging.getLogger(__name__)

_WITH_BARS = frozenset({"bars", "full"})
_WITH_STRIP = frozenset({"timeline", "full"})
STYLES: tuple[Style, ...] = get_args(Style)


class Overlay:
    """Turns moments into patches for pictures of one size.

    Text and bars are drawn once for each distinct row and kept; a frame like the one before costs
    a few look-ups.
    """

    def __init__(
        self,
        *,
        width: int,
        height: int,
        pixel_aspect: Fraction = Fraction(1),
        style: Style = DEFAULT_STYLE,
        span: tuple[float, float] | None = None,
        threshold: float | None = None,
        font: Path | None = None,
    ) -> None:
        """Prepare to draw on pictures of `width` by `height` stored pixels.

        Args:
            width: Pixels across.
            height: Pixels down.
            pixel_aspect: Width of a pixel over its height. Patches are drawn so that they look
                right once the player has stretched the picture by it.
            style: What to draw.
            span: The clip's start and end in seconds on its own clock; None where there is no
                end, as with a camera, and so no strip.
            threshold: A top answer below this confidence is shown as uncertain, 0 to 1; None for
                0.3. It has no say where a moment tells whether its answers count.
            font: A font file to draw text in, instead of the package's own.

        Raises:
            UsageError: `style` is none of the four, or `font` is not a font.
        """
        if style not in STYLES:
            raise UsageError(f"style {style!r}: choose one of {', '.join(STYLES)}")
        metrics = measure(width, height, pixel_aspect)
        self._threshold = DEFAULT_THRESHOLD if threshold is None else threshold
        self._gauges = Gauges()
        self._is_whole = False
        self._card = _card(metrics, style=style, font=font)
        self._strip = _strip(metrics, style=style, span=span)

    def add(self, moment: Moment) -> None:
        """Let the strip know that a moment's top label holds from its time until the next one.

        And the gauges, how far its values reach.
        """
        if self._is_whole:
            return
        if moment.values:
            self._gauges.add(moment.values)
        elif self._strip:
            self._strip.add(moment, is_sure=self._is_sure(moment))

    def know(self, moments: Iterable[Moment], *, end_seconds: float) -> None:
        """Learn all that will be shown beforehand; whatever is added later says nothing new.

        The strip then shows what is to come, and gauges reach as far as the values ever do.

        Args:
            moments: In order of time.
            end_seconds: Until when the last one holds.
        """
        last = None
        for last in moments:
            self.add(last)
        if last is not None:
            self.add(replace(last, pts_seconds=end_seconds))
        self._is_whole = True

    def patches(self, moment: Moment) -> tuple[Patch, ...]:
        """What to blend on the frame at the moment's time; all of it inside the picture."""
        card: tuple[Patch, ...] = ()
        if self._card and not moment.is_empty:
            card = self._card.patches(self._rows(moment))
        if moment.values or not self._strip:
            return card
        return card + self._strip.patches(moment.pts_seconds)

    def _rows(self, moment: Moment) -> Rows:
        if moment.values:
            return self._gauges.rows(moment.values)
        if moment.is_sure:
            return equal_rows(moment.answers)
        return ranked_rows(moment.answers, is_sure=self._is_sure(moment))

    def _is_sure(self, moment: Moment) -> bool:
        if moment.is_sure is not None:
            return moment.is_sure
        return not moment.is_empty and moment.answers[0].confidence >= self._threshold


def _card(metrics: Metrics, *, style: Style, font: Path | None) -> Card | None:
    """The card, or None where the picture is too small for readable text."""
    card = Card(
        metrics,
        Typeface(font, pixel_aspect=metrics.pixel_aspect),
        has_bars=style in _WITH_BARS,
        font_name=str(font or ""),
    )
    if card.fits:
        return card
    _log.warning(
        "a picture of %dx%d is too small for a readable label; scale it up to 96 or more",
        metrics.width_px,
        metrics.height_px,
    )
    return None


def _strip(metrics: Metrics, *, style: Style, span: tuple[float, float] | None) -> Strip | None:
    """The strip, or None where the style has none or time has no length."""
    if style not in _WITH_STRIP or span is None or not span[0] < span[1]:
        return None
    return Strip(metrics, span=span)
