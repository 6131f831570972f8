"""What is drawn on a clip: the card and the timeline, as patches for each annotation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

from vidclf.core.annotation import Annotation, AnyPatch
from vidclf.core.run_warnings import get_logger
from vidclf.core.thresholds import certain_threshold, is_certain
from vidclf.errors import UsageError
from vidclf.overlay.card import Card
from vidclf.overlay.card_rows import Rows, equal_rows, ranked_rows
from vidclf.overlay.gauges import Gauges
from vidclf.overlay.label_colors import UNCERTAIN, LabelColors
from vidclf.overlay.layout import Layout, measure
from vidclf.overlay.text import Typeface
from vidclf.overlay.timeline_bar import TimelineBar
from vidclf.settings import DEFAULT_CORNER, DEFAULT_STYLE, Corner, Style

logger = get_logger(__name__)

_WITH_BARS = frozenset({"bars", "full"})
_WITH_STRIP = frozenset({"timeline", "full"})
STYLES: tuple[Style, ...] = get_args(Style)


class Overlay:
    """Turns annotations into patches for pictures of one size.

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
        colors: LabelColors | None = None,
        position: Corner = DEFAULT_CORNER,
    ) -> None:
        """Prepare to draw on pictures of `width` by `height` stored pixels.

        Args:
            width: Pixels across.
            height: Pixels down.
            pixel_aspect: Width of a pixel over its height. Patches are drawn so that they look
                right once the player has stretched the picture by it.
            style: What to draw.
            span: The clip's start and end in seconds on its own clock; None where there is no
                end, as with a camera, and so no timeline.
            threshold: A top answer below this confidence is shown as uncertain, 0 to 1; None for
                0.3. It has no say where an annotation tells whether its answers count.
            font: A font file to draw text in, instead of the package's own.
            colors: Of labels that have theirs already; None to give all of them theirs as they
                come. Labels that come are added.
            position: The corner that the card stands in.

        Raises:
            UsageError: `style` is none of the four, `position` no corner, or `font` not a font.
        """
        if style not in STYLES:
            raise UsageError(f"style {style!r}: choose one of {', '.join(STYLES)}")
        if position not in get_args(Corner):
            raise UsageError(f"position {position!r}: choose one of {', '.join(get_args(Corner))}")
        layout = measure(width, height, pixel_aspect)
        self._threshold = certain_threshold(threshold)
        self._colors = LabelColors() if colors is None else colors
        self._gauges = Gauges()
        self._is_whole = False
        self._card = _card(layout, style=style, font=font, position=position)
        self._timeline_bar = _timeline_bar(layout, style=style, span=span)

    def add(self, annotation: Annotation) -> None:
        """Take an annotation into the timeline: its top label holds until the next one.

        Labels that count for the first time get their colours, and gauges learn how far its values
        reach.
        """
        if self._is_whole:
            return
        if annotation.values:
            self._gauges.add(annotation.values)
            return
        self._colors.add(annotation, self._threshold)
        if self._timeline_bar:
            self._timeline_bar.add(annotation.pts_seconds, self._place(annotation))

    @property
    def has_card(self) -> bool:
        """Whether labels can be read on pictures of this size; else none is drawn."""
        return self._card is not None

    def know(self, annotations: Iterable[Annotation], *, end_seconds: float) -> None:
        """Learn all that will be shown beforehand; whatever is added later says nothing new.

        The timeline then shows what is to come, gauges reach as far as the values ever do, and the
        card is as wide from the beginning as it ever gets.

        Args:
            annotations: In order of time.
            end_seconds: Until when the last one holds.
        """
        last = None
        for last in annotations:
            self.add(last)
            if self._card and not last.is_empty:
                self._card.widen(self._rows(last))
        if last is not None:
            self.add(replace(last, pts_seconds=end_seconds))
        self._is_whole = True

    def patches(self, annotation: Annotation) -> tuple[AnyPatch, ...]:
        """What to blend on the frame at the annotation's time; all of it inside the picture."""
        strip: tuple[AnyPatch, ...] = ()
        if self._timeline_bar and not annotation.values:
            strip = self._timeline_bar.patches(annotation.pts_seconds)
        if not self._card or annotation.is_empty:
            return strip
        return self._card.patches(self._rows(annotation), above_strip=bool(strip)) + strip

    def _place(self, annotation: Annotation) -> int | None:
        """The place of the colour that the timeline has at an annotation; None for nothing."""
        if annotation.is_empty:
            return None
        is_sure = is_certain(annotation, self._threshold)
        return self._colors.place(annotation.answers[0].label) if is_sure else UNCERTAIN

    def _rows(self, annotation: Annotation) -> Rows:
        if annotation.values:
            return self._gauges.rows(annotation.values)
        self._colors.add(annotation, self._threshold)
        if annotation.is_sure:
            return equal_rows(annotation.answers, self._colors)
        is_sure = is_certain(annotation, self._threshold)
        return ranked_rows(annotation.answers, is_sure=is_sure, colors=self._colors)


def _card(layout: Layout, *, style: Style, font: Path | None, position: Corner) -> Card | None:
    """The card, or None where the picture is too small for readable text."""
    card = Card(
        layout,
        Typeface(font, pixel_aspect=layout.pixel_aspect),
        has_bars=style in _WITH_BARS,
        font_name=str(font or ""),
        position=position,
    )
    if card.fits:
        return card
    logger.warning(
        "a picture of %dx%d is too small for a readable label; scale it up until its shorter side "
        "has 96 pixels or more",
        layout.width_px,
        layout.height_px,
    )
    return None


def _timeline_bar(
    layout: Layout, *, style: Style, span: tuple[float, float] | None
) -> TimelineBar | None:
    """The timeline, or None where the style has none or time has no length."""
    if style not in _WITH_STRIP or span is None or not span[0] < span[1]:
        return None
    return TimelineBar(layout, span=span)
