"""Ticks of one clock in those of another, in whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import gcd


class TickScale:
    """Counts what one clock counts by another clock: to the nearest tick, halves to even.

    Args:
        source: Seconds in one tick of the clock that is read.
        target: Seconds in one tick of the other.
        origin_seconds: What is 0 on the other one.
    """

    def __init__(
        self, source: Fraction, target: Fraction, *, origin_seconds: Fraction = Fraction(0)
    ) -> None:
        scale, origin = source / target, origin_seconds / target
        common = (
            scale.denominator * origin.denominator // gcd(scale.denominator, origin.denominator)
        )
        self._factor, self._origin, self._divisor = (
            int(scale * common),
            int(origin * common),
            common,
        )

    def ticks(self, ticks: int | Fraction) -> int:
        """The same moment by the other clock: `round((ticks * source - origin) / target)`."""
        whole, rest = divmod(ticks * self._factor - self._origin, self._divisor)
        is_above = 2 * rest > self._divisor or (2 * rest == self._divisor and whole % 2)
        return whole + bool(is_above)
