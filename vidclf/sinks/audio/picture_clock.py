"""What the pictures' packets tell of clocks that start anew on the way, as in joined recordings."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import av

VideoPacket: TypeAlias = "av.Packet[av.VideoStream]"

RESTART_SECONDS = 1
"""Stamps that fall back by this much mean a clock started anew; so do the pictures'."""

_LONGEST_SECONDS = 60
"""A packet that claims to last longer is not believed; as in the pictures' source."""

_MOST_AHEAD = 4
"""So many pictures a packet may lie ahead of those before it, because it is decoded earlier."""


@dataclass(slots=True, kw_only=True)
class _Part:
    """One run of the pictures' clock."""

    position: int
    """Where its first packet lies in the file, in bytes; -1 if that is not known."""
    start_seconds: Fraction
    """When its first picture is shown."""
    end_seconds: Fraction
    """When its last one ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamps:
    """What one packet says."""

    position: int
    start_seconds: Fraction
    dts_seconds: Fraction
    lasts_seconds: Fraction

    @property
    def end_seconds(self) -> Fraction:
        return self.start_seconds + self.lasts_seconds


class PictureClock:
    """What the pictures' packets tell of each part: where it begins, and how far it is moved.

    A packet far off, behind which the clock goes on as before it, has a damaged stamp and no say;
    the pictures' source takes it so, too.

    Args:
        frame_rate: Nominal frames per second, for packets without a duration.
    """

    def __init__(self, frame_rate: Fraction) -> None:
        self.parts: list[_Part] = []
        self._frame_rate = frame_rate
        self._last_dts_seconds = Fraction(0)
        self._doubtful: _Stamps | None = None

    def see(self, packet: VideoPacket) -> None:
        """Take notice of the next video packet of the file."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None:
            return
        start = stamp * packet.time_base
        dts = start if packet.dts is None else packet.dts * packet.time_base
        stamps = _Stamps(
            position=-1 if packet.pos is None else packet.pos,
            start_seconds=start,
            dts_seconds=min(start, dts),
            lasts_seconds=self._lasts_seconds(packet),
        )
        if self._doubtful is not None:
            if self._is_far_off(stamps) or stamps.dts_seconds < self._last_dts_seconds:
                self._follow(self._doubtful)
            self._doubtful = None
        if self._is_far_off(stamps):
            self._doubtful = stamps
        else:
            self._follow(stamps)

    def shift_seconds(self, number: int) -> Fraction:
        """How much later the pictures of a part are shown than their stamps say."""
        joints = zip(self.parts[:number], self.parts[1 : number + 1], strict=True)
        return sum(
            (before.end_seconds - after.start_seconds for before, after in joints), Fraction(0)
        )

    def _follow(self, stamps: _Stamps) -> None:
        start, end = stamps.start_seconds, stamps.end_seconds
        if not self.parts or self._starts_anew(stamps):
            part = _Part(position=stamps.position, start_seconds=start, end_seconds=end)
            self.parts.append(part)
        self._last_dts_seconds = stamps.dts_seconds
        part = self.parts[-1]
        part.start_seconds = min(part.start_seconds, start)
        part.end_seconds = max(part.end_seconds, end)

    def _is_far_off(self, stamps: _Stamps) -> bool:
        if not self.parts:
            return False
        leaps_seconds = stamps.start_seconds - self.parts[-1].end_seconds
        usual_seconds = RESTART_SECONDS + _MOST_AHEAD * stamps.lasts_seconds
        return leaps_seconds > usual_seconds or self._starts_anew(stamps)

    def _starts_anew(self, stamps: _Stamps) -> bool:
        """Stamps alone may fall back by B-frames, but then decoding times go on."""
        falls_seconds = self.parts[-1].end_seconds - stamps.start_seconds
        return stamps.dts_seconds < self._last_dts_seconds and falls_seconds >= RESTART_SECONDS

    def _lasts_seconds(self, packet: VideoPacket) -> Fraction:
        seconds = (packet.duration or 0) * packet.time_base
        return seconds if 0 < seconds <= _LONGEST_SECONDS else 1 / self._frame_rate
