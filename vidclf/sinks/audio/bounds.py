"""How far sound may lie from the pictures: one wrong stamp must not make a file of hours."""

from __future__ import annotations

from fractions import Fraction

from vidclf.sinks.audio.clock import AudioPacket

_LONGEST_PAUSE_SECONDS = 10
"""So long may all pauses together be behind the last picture; sound itself may go on for ever."""

_EARLIEST_SECONDS = 1
"""So long before the result's 0 may sound end: decoders need some packets that no player plays."""


class Tail:
    """The end of one track, behind the last picture."""

    def __init__(self) -> None:
        self._end_seconds = Fraction(0)
        self._pauses_seconds = Fraction(0)

    def takes(self, packet: AudioPacket, *, pictures_end_seconds: Fraction | None) -> bool:
        """Whether a packet is near enough; the pictures' end is None while there are more."""
        start = (packet.dts or 0) * packet.time_base
        end = start + (packet.duration or 0) * packet.time_base
        if pictures_end_seconds is not None:
            pause = max(start - max(self._end_seconds, pictures_end_seconds), Fraction(0))
            if self._pauses_seconds + pause > _LONGEST_PAUSE_SECONDS:
                return False
            self._pauses_seconds += pause
        self._end_seconds = max(self._end_seconds, end)
        return True


def is_too_early(end_seconds: Fraction, origin_seconds: Fraction) -> bool:
    """Whether sound that ends at a moment lies far before the one that becomes 0."""
    return end_seconds < origin_seconds - _EARLIEST_SECONDS
