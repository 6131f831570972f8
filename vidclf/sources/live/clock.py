"""The time of a live input: its own, and the time of arrival where it has none."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

_RESTART_SECONDS = 1
"""A stamp that falls back by so much is a clock that started anew."""
_LEAP_SECONDS = 10
"""So is one that runs so far ahead of what has passed since the last frame."""


class SourceClock(Protocol):
    """Gives each frame, in order, a time after that of the one before it."""

    @property
    def restarts(self) -> int:
        """How often the input's clock started anew on one connection."""
        ...

    @property
    def repaired(self) -> int:
        """How many frames got another time than their own for any other reason."""
        ...

    def connected_anew(self) -> None:
        """Say that the next frame is the first of another connection."""

    def has_passed(self, own: Fraction | None) -> bool:
        """Whether a frame came before, on a connection that was lost since."""
        ...

    def stamp(self, own: Fraction | None, duration: Fraction, arrival: float) -> Fraction:
        """The time of the next frame in seconds.

        Args:
            own: its time on the input's own clock in seconds; None where it has none.
            duration: how long it stands by its own account; 0 where that says nothing.
            arrival: when it came, in seconds of a clock that never goes back.
        """
        ...


class LiveClock:
    """Gives frames times that rise, whatever the input's own clock does.

    The first frame's own time is kept, 0 where it has none, and so are all that rise. What falls
    back by less than a second stands one tick behind the frame before it. Across a lost connection,
    or where the input's clock starts anew, time goes on as it passed here, between the arrivals of
    both frames.

    Args:
        tick: the least step between two frames, in seconds.
        keeps_time: whether one clock goes on over several connections, as a playlist's does; a
            frame that came already is then known.
    """

    def __init__(self, *, tick: Fraction, keeps_time: bool = False) -> None:
        self.restarts = 0
        """How often the input's clock started anew on one connection."""
        self.repaired = 0
        """How many frames got another time than their own for any other reason."""
        self._tick = tick
        self._keeps_time = keeps_time
        self._shift = Fraction(0)
        self._last: Fraction | None = None
        self._last_arrival = 0.0
        self._is_new_connection = False

    def connected_anew(self) -> None:
        """Say that the next frame is the first of another connection."""
        self._is_new_connection = not self._keeps_time

    def has_passed(self, own: Fraction | None) -> bool:
        """Whether a frame came before, on a connection that was lost since."""
        if not self._keeps_time or own is None or self._last is None:
            return False
        return own <= self._last

    def stamp(self, own: Fraction | None, duration: Fraction, arrival: float) -> Fraction:
        """The time of the next frame in seconds; see `SourceClock`."""
        seconds = self._next(own, arrival)
        self._last, self._last_arrival = seconds, arrival
        return seconds

    def _next(self, own: Fraction | None, arrival: float) -> Fraction:
        if self._last is None:
            return own or Fraction(0)
        passed = max(
            Fraction(arrival - self._last_arrival).limit_denominator(1_000_000), self._tick
        )
        by_arrival = self._last + passed
        if own is None:
            self._is_new_connection = False
            return by_arrival
        shifted = own + self._shift
        if self._is_new_connection or self._starts_anew(shifted, by_arrival):
            self.restarts += not self._is_new_connection
            self._is_new_connection = False
            self._shift = by_arrival - own
            return by_arrival
        if shifted < self._last + self._tick:
            self.repaired += 1
            return self._last + self._tick
        return shifted

    def _starts_anew(self, seconds: Fraction, by_arrival: Fraction) -> bool:
        if self._last is None or self._keeps_time:
            return False
        return self._last - seconds >= _RESTART_SECONDS or seconds - by_arrival > _LEAP_SECONDS
