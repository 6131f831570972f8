"""What is drawn on a clip: the card and the strip, as patches for each moment."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path
from typing import get_args

from vidclf.errors import UsageError
from vidclf.frames import Moment, Patch
from vidclf.overlay.cards import Card
from vidclf.overlay.metrics import Metrics, measure
from vidclf.overlay.strip import Strip
from vidclf.overlay.text import Typeface
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
        threshold: float = DEFAULT_THRESHOLD,
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
            threshold: A top answer below this confidence is shown as uncertain, 0 to 1.
            font: A font file to draw text in, instead of the package's own.

        Raises:
            UsageError: `style` is none of the four, or `font` is not a font.
        """
        if style not in STYLES:
            raise UsageError(f"style {style!r}: choose one of {', '.join(STYLES)}")
        metrics = measure(width, height, pixel_aspect)
        self._threshold = threshold
        self._card = _card(metrics, style=style, threshold=threshold, font=font)
        self._strip = _strip(metrics, style=style, span=span)

    def add(self, moment: Moment) -> None:
        """Let the strip know that a moment's top label holds from its time until the next one."""
        if self._strip:
            is_sure = moment.answers[0].confidence >= self._threshold
            self._strip.add(moment, is_sure=is_sure)

    def patches(self, moment: Moment) -> tuple[Patch, ...]:
        """What to blend on the frame at the moment's time; all of it inside the picture."""
        card = self._card.patches(moment) if self._card else ()
        strip = self._strip.patches(moment.pts_seconds) if self._strip else ()
        return card + strip


def _card(metrics: Metrics, *, style: Style, threshold: float, font: Path | None) -> Card | None:
    """The card, or None where the picture is too small for readable text."""
    card = Card(
        metrics,
        Typeface(font, pixel_aspect=metrics.pixel_aspect),
        has_bars=style in _WITH_BARS,
        threshold=threshold,
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
