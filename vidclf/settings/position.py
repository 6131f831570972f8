"""A place in a clip, and when a frame has reached it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real
from typing import TYPE_CHECKING

from vidclf.errors import UsageError

if TYPE_CHECKING:
    from vidclf.core.frames import Frame

_NANOSECOND = Fraction(1, 10**9)
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a clip: a time on its own clock, or a frame's index."""

    seconds: float | None = None
    """Seconds on the clip's own clock, the one of the table's `timestamp`."""
    frame: int | None = None
    """0-based frame index."""

    @classmethod
    def parse(cls, text: str | float) -> Position:
        """Read `12.5`, `1:02.5`, `1:00:00` or `123f`, or take a number as seconds.

        Raises:
            UsageError: it is none of these.
        """
        if isinstance(text, Real) and 0 <= text < math.inf:
            return cls(seconds=float(text))
        text = str(text).strip()
        if re.fullmatch(r"\d+f", text):
            return cls(frame=int(text[:-1]))
        match = _CLOCK.fullmatch(text)
        if not match:
            raise UsageError(
                f"{text!r} is no place in a clip: give seconds (12.5), mm:ss (1:02.5) or a frame "
                "index (123f)"
            )
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return cls(seconds=hours * 3600 + minutes * 60 + seconds)

    @classmethod
    def of(cls, place: Position | str | float) -> Position:
        """The place itself, or what text or a number stands for (`parse`)."""
        return place if isinstance(place, Position) else cls.parse(place)

    def __str__(self) -> str:
        """As a user writes it: `12.5` or `123f`."""
        return f"{self.seconds:.12g}" if self.frame is None else f"{self.frame}f"

    def reached_by(self, frame: Frame) -> bool:
        """Whether a frame stands at this place or after it.

        A nanosecond early counts as there: the table's timestamps have nine decimals, and a place
        copied from it must mean its own frame.
        """
        if self.frame is not None:
            return frame.index >= self.frame
        return frame.pts * frame.time_base + _NANOSECOND >= Fraction(str(self.seconds))
