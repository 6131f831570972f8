"""Values as gauges: each in its place, with its unit, on a bar that spans what it may be."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vidclf.core.annotation import Value
from vidclf.overlay.card_rows import Row, Rows
from vidclf.overlay.colors import PAPER, palette_color
from vidclf.overlay.text import one_line

Bounds = tuple[float, float]

_SIGNIFICANT_DIGITS = 3
_PLAIN_NUMBERS = (1e-3, 1e6)
"""The largest of a gauge's numbers is from here up to there, or all have an exponent."""


class Gauges:
    """Remembers the lowest and highest of each value, and says what its gauge shows."""

    def __init__(self) -> None:
        self._seen: dict[int, Bounds] = {}

    def add(self, values: Sequence[Value]) -> None:
        """Let the bars of values without bounds of their own reach as far as these."""
        for place, value in enumerate(values):
            self._seen[place] = self._reach(place, value.number)

    def rows(self, values: Sequence[Value]) -> Rows:
        """One row for each value, in their own order."""
        rows = tuple(self._row(place, value) for place, value in enumerate(values))
        return Rows(rows=rows, has_headline=len(rows) == 1)

    def _row(self, place: int, value: Value) -> Row:
        low, high = self._reach(place, value.number)
        bounds = value.bounds or (low, high)
        ends = (min(low, *bounds), max(high, *bounds))
        largest = max(map(abs, ends))
        return Row(
            label=one_line(value.name) or f"value {place}",
            ink=PAPER,
            color=palette_color(place if value.color_id is None else value.color_id),
            number=number_text(value.number, largest=largest),
            unit=one_line(value.unit),
            widest=max((number_text(end, largest=largest) for end in ends), key=len),
            bar=filled(value.number, bounds),
        )

    def _reach(self, place: int, number: float) -> Bounds:
        low, high = self._seen.get(place, (number, number))
        return min(low, number), max(high, number)


def number_text(number: float, *, largest: float) -> str:
    """A number with as many decimals as give the largest one three significant digits.

    So a gauge's numbers have their points below each other: of 12.34, 4.6 is `4.6`, 7 is `7.0`.
    """
    if largest and not _PLAIN_NUMBERS[0] <= largest < _PLAIN_NUMBERS[1]:
        text = f"{number:z.{_SIGNIFICANT_DIGITS - 1}e}"
    else:
        whole_digits = math.floor(math.log10(largest)) + 1 if largest else 1
        text = f"{number:z.{max(0, _SIGNIFICANT_DIGITS - whole_digits)}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def filled(number: float, bounds: Bounds) -> tuple[float, float]:
    """From where to where a bar over `bounds` is filled, as shares of its length.

    It begins at zero, or at the end that is nearest to zero, and stays within the bounds. A bar
    without length is empty.
    """
    low, high = bounds
    if not low < high:
        return 0.0, 0.0
    origin, end = (min(high, max(low, place)) for place in (0.0, number))
    return round((origin - low) / (high - low), 3), round((end - low) / (high - low), 3)
