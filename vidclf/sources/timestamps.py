"""Timestamps that always increase, whatever the file says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from vidclf.core.frames import in_seconds

RESTART_SECONDS = 1
"""A stamp that falls back by this much is a clock started anew; by less, a slip of one frame."""

LONGEST_SECONDS = 60
"""A frame that claims to stand longer than this is not believed."""

LONGEST_GAP_SECONDS = 108_000
"""A stamp farther than 30 hours from the one before is damaged, as for FFmpeg's
`-dts_error_threshold`."""

FAR_SECONDS = 10
"""A first stamp so far behind the second one is damaged."""

LATEST_SECONDS = 2**32
"""No clip begins later: clocks that count from 1970 or 1900 stay below."""

Ticks = int | Fraction

_LEAST_SECONDS = 2e-9
"""Frames must be so far apart that tables, with nine decimals, tell them from each other."""


@dataclass(slots=True, kw_only=True)
class Clock:
    """Gives each frame, in presentation order, a timestamp above the one before it.

    A stamp above the last one is kept as it is. Otherwise the first rule that fits repairs it:

    1. missing, more than 30 hours away, or a second or more away while the next frame's goes on
       from the last one: the last stamp plus that frame's duration. The sum is kept as an exact
       fraction, so a file without any stamps does not drift by rounding (30000/1001 in ticks of
       1 ms).
    2. back by less than a second (two frames with one stamp, or B-frames out of order): one step
       above the last, which is a tick, or 2 ns where ticks are finer. Real stamps overtake so
       small a step at once, so the error cannot pile up.
    3. back by a second or more: the clock started anew, as in joined recordings. This frame follows
       the last one by its duration, and all later stamps are moved by the same amount.

    Ticks of 1/24 at 24 frames/s, stamps 0 2 1 3 None 5 become 0 2 3 4 5 6, and 0 1 900 3 4
    become 0 1 2 3 4.

    All limits are whole ticks, rounded so that no whole number of ticks falls on their other side:
    a frame costs no arithmetic with fractions unless its nominal duration is one.
    """

    time_base: Fraction
    """Seconds in one tick."""
    frame_rate: Fraction
    """Nominal frames per second: gives a duration where the frame has none."""
    start: int = 0
    """The stamp of the first frame, should it have none."""
    repaired: int = 0
    """How many stamps rule 1, 2 or 3 made."""
    restarts: int = 0
    """How many of them rule 3 made."""
    _shift: int = field(default=0, init=False)
    _last: int | None = field(default=None, init=False)
    _next: Ticks = field(default=0, init=False)
    _spacing: int | None = field(default=None, init=False)
    _nominal: Ticks = field(init=False)
    _usual: int = field(init=False)
    _nearly_nominal: range = field(init=False)
    _second: int = field(init=False)
    _latest: int = field(init=False)
    _longest: int = field(init=False)
    _longest_gap: int = field(init=False)
    _tick_seconds: float = field(init=False)

    def __post_init__(self) -> None:
        nominal = 1 / (self.frame_rate * self.time_base)
        self._nominal = nominal.numerator if nominal.denominator == 1 else nominal
        self._usual = round(nominal)
        self._nearly_nominal = range(math.floor(nominal - 1) + 1, math.ceil(nominal + 1))
        self._second = math.ceil(RESTART_SECONDS / self.time_base)
        self._latest = math.floor(LATEST_SECONDS / self.time_base)
        self._longest = math.floor(LONGEST_SECONDS / self.time_base)
        self._longest_gap = math.floor(LONGEST_GAP_SECONDS / self.time_base)
        self._tick_seconds = float(self.time_base)

    def count_back(self, ahead: Iterable[tuple[int | None, int | None]]) -> None:
        """Have a first frame without a stamp begin so long before the first one that has one.

        Args:
            ahead: Stamp and duration of the first frames, in ticks.
        """
        before: Ticks = 0
        for pts, duration in ahead:
            if pts is not None:
                if self._is_near(pts):
                    self.start = pts - round(before)
                return
            before += self._believed(duration) or self._nominal

    def stamp(
        self,
        pts: int | None,
        duration: int | None,
        following: Callable[[], int | None] = lambda: None,
    ) -> int:
        """The timestamp of the next frame, in ticks.

        Args:
            pts: Its own stamp, in ticks.
            duration: Its own duration, in ticks.
            following: Gives the own stamp of the frame after it; asked where this one is far off.
        """
        own = None if pts is None else pts + self._shift
        if own is not None and (not self._is_near(own) or self._is_far_off(own, following)):
            own = self._before(following()) if self._last is None else None
        ticks = self._increasing(own)
        self._learn_spacing(ticks, own)
        counted = ticks != own and ticks == round(self._next)
        step = self._believed(duration) or self._nominal
        self._next = (self._next if counted else ticks) + step
        self._last = ticks
        return ticks

    def duration(self, claimed: int | None) -> int:
        """How long the frame just stamped stands, in whole ticks, at least one.

        As claimed, if that is sane; else as far as it stands from the one before, or as far as
        any two did last whose stamps were good; else the nominal time, which one long gap in a
        clip of few frames can make very long.
        """
        return max(1, round(self._believed(claimed) or self._spacing or self._nominal))

    def _increasing(self, pts: int | None) -> int:
        if pts is not None and (self._last is None or pts >= self._last + self._step):
            return pts
        self.repaired += 1
        if self._last is None:
            return self.start
        expected = max(self._last + self._step, round(self._next))
        if pts is None:
            return expected
        if self._last - pts < self._second:
            return self._last + self._step
        self.restarts += 1
        self._shift += expected - pts
        return expected

    def _learn_spacing(self, ticks: int, own: int | None) -> None:
        """Remember how far the new stamp lies from the last, if it is its own and not too far."""
        if self._last is not None and ticks == own and self._is_sane(ticks - self._last):
            self._spacing = ticks - self._last

    def _believed(self, claimed: int | None) -> Ticks | None:
        if not claimed or not self._is_sane(claimed):
            return None
        return self._nominal if claimed in self._nearly_nominal else claimed

    def _is_sane(self, ticks: int) -> bool:
        return 0 < ticks <= self._longest

    def _is_near(self, pts: int) -> bool:
        """Whether a stamp may be right: near the last one or, if it is the first, in our times."""
        if self._last is None:
            return abs(pts) <= self._latest
        return abs(pts - self._last) <= self._longest_gap

    def _is_far_off(self, own: int, following: Callable[[], int | None]) -> bool:
        """Whether a stamp lies a second or more off while the next one goes on from the last."""
        last, usual = self._last, self._usual
        if last is not None and abs(own - last - usual) < self._second:
            return False
        pts = following()
        if pts is None:
            return False
        if last is None:
            return (own - pts) * self.time_base >= FAR_SECONDS
        goes_on = last < pts + self._shift <= last + 2 * usual + RESTART_SECONDS // self.time_base
        return goes_on and abs(own - pts - self._shift) >= self._second

    def _before(self, pts: int | None) -> int | None:
        """The stamp of a first frame, if that of the second one is sane."""
        if pts is None or not self._is_near(pts):
            return None
        self.repaired += 1
        return pts - self._usual

    @property
    def _step(self) -> int:
        """The least number of ticks by which two stamps differ also as seconds in a table."""
        last_seconds = in_seconds(self._last or 0, self.time_base)
        seconds = max(_LEAST_SECONDS, 2 * math.ulp(last_seconds))
        return max(1, math.ceil(seconds / self._tick_seconds))
