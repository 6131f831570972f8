"""Facts about counting one clock's ticks by another clock."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from vidclf.sinks.tick_scale import TickScale

clocks = st.fractions(min_value=Fraction(1, 10**9), max_value=10, max_denominator=10**9)
moments = st.fractions(min_value=-(10**5), max_value=10**5, max_denominator=10**6)


@settings(deadline=None)
@given(clocks, clocks, moments, st.integers(-(2**50), 2**50) | moments)
@example(Fraction(1, 2), Fraction(1), Fraction(0), 5)
@example(Fraction(1, 2), Fraction(1), Fraction(0), 3)
def test_it_is_the_nearest_tick_and_of_two_the_even_one(
    source: Fraction, target: Fraction, origin: Fraction, ticks: int | Fraction
) -> None:
    scale = TickScale(source, target, origin_seconds=origin)
    assert scale.ticks(ticks) == round((ticks * source - origin) / target)
