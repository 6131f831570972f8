"""The time of live inputs: their own where it can be right, else that of arrival."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vidclf.sources.live.clock import LiveClock

TICK = Fraction(1, 1000)
STEP = Fraction(1, 25)


def stamps(clock: LiveClock, *frames: tuple[Fraction | None, float]) -> list[Fraction]:
    return [clock.stamp(own, STEP, arrival) for own, arrival in frames]


def test_an_own_time_that_rises_is_kept_whenever_frames_come() -> None:
    own = [Fraction(7200), Fraction(72001, 10), Fraction(7203)]
    assert stamps(LiveClock(tick=TICK), *zip(own, [5.0, 5.0, 5.1], strict=True)) == own


def test_without_one_frames_are_timed_by_their_arrival() -> None:
    frames = [(None, 100.0), (None, 100.5), (None, 103.25)]
    assert stamps(LiveClock(tick=TICK), *frames) == [0, Fraction(1, 2), Fraction(13, 4)]


def test_across_a_lost_connection_time_goes_on_as_it_passed_here() -> None:
    clock = LiveClock(tick=TICK)
    assert stamps(clock, (Fraction(500), 10.0), (Fraction(501), 11.0)) == [500, 501]
    clock.connected_anew()
    later = stamps(clock, (Fraction(0), 18.0), (Fraction(1), 19.0))
    assert later == [508, 509]  # 7 s of nothing


def test_a_clock_that_starts_anew_is_not_followed() -> None:
    clock = LiveClock(tick=TICK)
    frames = [(Fraction(90), 1.0), (Fraction(0), 3.0), (Fraction(1), 4.0)]
    assert stamps(clock, *frames) == [90, 92, 93]
    assert clock.restarts == 1


def test_a_playlists_clock_goes_on_over_connections_and_knows_what_came_before() -> None:
    clock = LiveClock(tick=TICK, keeps_time=True)
    assert stamps(clock, (Fraction(10), 1.0), (Fraction(16), 7.0)) == [10, 16]
    clock.connected_anew()
    assert clock.has_passed(Fraction(12))
    assert not clock.has_passed(Fraction(18))
    assert stamps(clock, (Fraction(18), 40.0)) == [18]


@given(
    st.lists(
        st.tuples(
            st.none() | st.fractions(-100, 10**6, max_denominator=1000),
            st.floats(0, 5),
            st.booleans(),
        ),
        min_size=2,
    )
)
def test_times_always_rise(frames: list[tuple[Fraction | None, float, bool]]) -> None:
    clock, arrival, times = LiveClock(tick=TICK), 0.0, []
    for own, passed, is_new in frames:
        arrival += passed
        if is_new:
            clock.connected_anew()
        times.append(clock.stamp(own, STEP, arrival))
    assert all(b - a >= TICK for a, b in pairwise(times))
