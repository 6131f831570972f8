"""What the rows of a card say: ranked answers, labels side by side, or gauges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vidclf.core.annotation import Answer
from vidclf.overlay.colors import MUTED, NEUTRAL, PAPER, SOFT, Rgb
from vidclf.overlay.label_colors import LabelColors
from vidclf.overlay.text import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """All that the pixels of one row follow from, but its place."""

    label: str
    """Text on one line."""
    ink: Rgb
    """The text's colour."""
    color: Rgb
    """The bar's colour."""
    number: str = ""
    """What stands at the right edge; "" for nothing."""
    unit: str = ""
    """What stands behind it."""
    widest: str = ""
    """A number as long as any to come: it keeps the row's parts in their places."""
    bar: tuple[float, float] | None = None
    """From where to where the bar is filled, as shares of its length; None for no bar."""
    is_heavy: bool = True
    """Whether the text is bold."""
    asks: bool = False
    """Whether a question mark follows the label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a card says, top to bottom."""

    rows: tuple[Row, ...]
    """Its rows, as many as there are; the card draws those that fit."""
    has_headline: bool
    """Whether the first one is larger."""
    is_ranked: bool = False
    """Whether those that do not fit may be left out without a word, and are without bars."""


def ranked_rows(answers: Sequence[Answer], *, is_sure: bool, colors: LabelColors) -> Rows:
    """The top answer as a headline, and its runners-up.

    Only the headline has a label's colour: a runner-up has not counted, perhaps never will.
    """
    (best, *others), ink = answers, SOFT if is_sure else MUTED
    headline = _row(
        best,
        ink=PAPER if is_sure else MUTED,
        color=colors.color(best.label) if is_sure else NEUTRAL,
        asks=not is_sure,
    )
    small = [
        _row(other, ink=ink, color=SOFT if is_sure else NEUTRAL, is_heavy=False) for other in others
    ]
    return Rows(rows=(headline, *small), has_headline=True, is_ranked=True)


def equal_rows(answers: Sequence[Answer], colors: LabelColors) -> Rows:
    """Labels that all count, each in its own colour."""
    rows = (_row(answer, ink=PAPER, color=colors.color(answer.label)) for answer in answers)
    return Rows(rows=tuple(rows), has_headline=True)


def more_row(count: int) -> Row:
    """What stands in place of rows that do not fit."""
    return Row(label=f"+{count} more", ink=MUTED, color=NEUTRAL, is_heavy=False)


def _row(
    answer: Answer,
    *,
    ink: Rgb,
    color: Rgb,
    is_heavy: bool = True,
    asks: bool = False,
) -> Row:
    percent = round(100 * min(1.0, max(0.0, answer.confidence)))
    return _percent_row(answer.label, answer.class_id, percent, ink, color, is_heavy, asks)


@lru_cache(maxsize=4096)
def _percent_row(
    label: str, class_id: int, percent: int, ink: Rgb, color: Rgb, is_heavy: bool, asks: bool
) -> Row:
    return Row(
        label=one_line(label) or _unnamed(class_id),
        ink=ink,
        color=color,
        number=str(percent),
        unit="%",
        widest="100",
        bar=(0.0, percent / 100),
        is_heavy=is_heavy,
        asks=asks,
    )


def _unnamed(class_id: int) -> str:
    return "unknown" if class_id < 0 else f"class {class_id}"
