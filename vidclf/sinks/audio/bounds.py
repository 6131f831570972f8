"""Where a track's 0 lies, and how far its sound may lie from the pictures.

One wrong stamp must not make a file of hours.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from vidclf.sinks.audio.clock import AudioPacket

_LONGEST_PAUSE_SECONDS = 10
"""So long may all pauses together be behind the last picture; sound itself may go on for ever."""

_EARLIEST_SECONDS = 1
"""So long before the result's 0 may sound end: decoders need some packets that no player plays."""

_COARSE_SECONDS = Fraction(1, 1000)
"""AVI counts some sound in whole packets; by such ticks a cut would lie half a packet off."""


class TrackBounds:
    """Which packets of one track are wanted; it counts in the track's ticks.

    Args:
        time_base: Seconds in one tick of its packets.
        sample_rate: In Hz.
        origin_seconds: The moment of the clip that becomes 0.
        is_cut: Whether all sound before that is left out.
        end_seconds: When sound ends on the clip's own clock; None where it does not.
    """

    def __init__(
        self,
        time_base: Fraction,
        *,
        sample_rate: int,
        origin_seconds: Fraction,
        is_cut: bool = False,
        end_seconds: Fraction | None = None,
    ) -> None:
        self.time_base = time_base
        self._parts_of_tick = ceil(time_base * sample_rate) if time_base > _COARSE_SECONDS else 1
        self._finer = time_base / self._parts_of_tick
        self._origin = round(origin_seconds / self._finer)
        self._cut = floor(origin_seconds / time_base) if is_cut else None
        self._earliest = ceil((origin_seconds - _EARLIEST_SECONDS) / time_base)
        self._end = None if end_seconds is None else ceil(end_seconds / time_base)
        self._heard_until = 0
        self._pauses_seconds = Fraction(0)

    def leaves_out(self, packet: AudioPacket) -> bool:
        """Whether a packet lies before the cut, or behind the end that was asked for."""
        start = packet.dts or 0
        if self._cut is not None and start + (packet.duration or 1) <= self._cut:
            return True
        return self._end is not None and start >= self._end

    def is_too_early(self, packet: AudioPacket) -> bool:
        """Whether it ends far before the moment that becomes 0."""
        return (packet.dts or 0) + (packet.duration or 1) < self._earliest

    def takes(self, packet: AudioPacket, *, pictures_end_seconds: Fraction | None) -> bool:
        """Whether it is not far behind the last picture, whose end is None while there are more."""
        start = packet.dts or 0
        if pictures_end_seconds is not None:
            heard = max(self._heard_until * self.time_base, pictures_end_seconds)
            pause = max(start * self.time_base - heard, Fraction(0))
            if self._pauses_seconds + pause > _LONGEST_PAUSE_SECONDS:
                return False
            self._pauses_seconds += pause
        self._heard_until = max(self._heard_until, start + (packet.duration or 0))
        return True

    def move(self, packet: AudioPacket) -> None:
        """Let a packet's stamps count from the moment that becomes 0, to the sample or finer."""
        parts = self._parts_of_tick
        packet.pts = (packet.pts or 0) * parts - self._origin
        packet.dts = (packet.dts or 0) * parts - self._origin
        if parts > 1:
            packet.duration = (packet.duration or 0) * parts
            packet.time_base = self._finer
