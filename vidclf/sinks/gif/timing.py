"""Which frames a GIF shows and for how long, so that it runs at the clip's true speed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

LEAST_DELAY_CS = 2
"""Browsers slow frames shorter than two hundredths of a second down to a tenth."""

MOST_DELAY_CS = 65_535
"""A GIF holds a frame's delay in 16 bits (GIF89a, Graphic Control Extension)."""

_PHASE = Fraction(1, 4)
"""How late in each period its picture is taken. With 0, a 12 frames/s clip whose timestamps are
rounded to milliseconds would now and then have a frame just after its tick, and lose it."""


class TickChooser:
    """Picks, for each tick of `fps`, the latest frame at or before it; the first frame always.

    Ticks stand at the first frame's time plus (k + 1/4) / fps.

    Args:
        fps: Ticks a second.
    """

    def __init__(self, fps: Fraction) -> None:
        self._fps = fps
        self._first_seconds: Fraction | None = None

    def shows(self, start_seconds: Fraction, end_seconds: Fraction) -> bool:
        """Whether the frame that stands from start to end is picked; call in order of time."""
        if self._first_seconds is None:
            self._first_seconds = start_seconds
            return True
        return self._ticks_before(start_seconds) < self._ticks_before(end_seconds)

    def _ticks_before(self, seconds: Fraction) -> int:
        first = self._first_seconds or Fraction(0)
        return math.ceil((seconds - first) * self._fps - _PHASE)


def delays_cs(starts_seconds: Sequence[Fraction], end_seconds: Fraction) -> list[int]:
    """How long each picture stands, in hundredths of a second.

    Not the delays but the moments are rounded, so errors never add up:
    30 frames/s starts at 0, 3.33, 6.67, 10 → 0, 3, 7, 10 → delays 3, 4, 3.

    Args:
        starts_seconds: When each picture begins, ascending.
        end_seconds: When the last one ends.
    """
    marks: list[int] = []
    for seconds in (*starts_seconds, end_seconds):
        mark = math.floor((seconds - starts_seconds[0]) * 100 + Fraction(1, 2))
        marks.append(max(mark, marks[-1] + LEAST_DELAY_CS) if marks else mark)
    return [after - before for before, after in pairwise(marks)]
