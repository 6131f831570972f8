"""Clocks that start anew on the way, as in joined recordings: sound follows the pictures.

A part's pictures are moved by one amount (docs/sources.md, rule 3), so its sound is moved by the
same; then both stand to each other as they did before the parts were joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import av

AudioPacket: TypeAlias = "av.Packet[av.AudioStream]"
VideoPacket: TypeAlias = "av.Packet[av.VideoStream]"

RESTART_SECONDS = 1
"""Stamps that fall back by this much mean a clock started anew; so do the pictures'."""

_LONGEST_SECONDS = 60
"""A packet that claims to last longer is not believed; as in the pictures' source."""


@dataclass(slots=True, kw_only=True)
class _Part:
    """One run of the pictures' clock."""

    position: int
    """Where its first packet lies in the file, in bytes; -1 if that is not known."""
    start_seconds: Fraction
    """When its first picture is shown."""
    end_seconds: Fraction
    """When its last one ends."""


class PictureClock:
    """What the pictures' packets tell of each part: where it begins, and how far it is moved.

    Args:
        frame_rate: Nominal frames per second, for packets without a duration.
    """

    def __init__(self, frame_rate: Fraction) -> None:
        self.parts: list[_Part] = []
        self._frame_rate = frame_rate
        self._last_dts_seconds = Fraction(0)

    def see(self, packet: VideoPacket) -> None:
        """Take notice of the next video packet of the file."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None:
            return
        start = stamp * packet.time_base
        dts = start if packet.dts is None else packet.dts * packet.time_base
        end = start + self._lasts_seconds(packet)
        if not self.parts or self._starts_anew(start, dts):
            position = -1 if packet.pos is None else packet.pos
            self.parts.append(_Part(position=position, start_seconds=start, end_seconds=end))
        self._last_dts_seconds = dts
        part = self.parts[-1]
        part.start_seconds = min(part.start_seconds, start)
        part.end_seconds = max(part.end_seconds, end)

    def shift_seconds(self, number: int) -> Fraction:
        """How much later the pictures of a part are shown than their stamps say."""
        joints = zip(self.parts[:number], self.parts[1 : number + 1], strict=True)
        return sum(
            (before.end_seconds - after.start_seconds for before, after in joints), Fraction(0)
        )

    def _starts_anew(self, start: Fraction, dts: Fraction) -> bool:
        """Stamps alone may fall back by B-frames, but then decoding times go on."""
        falls_seconds = self.parts[-1].end_seconds - start
        return dts < self._last_dts_seconds and falls_seconds >= RESTART_SECONDS

    def _lasts_seconds(self, packet: VideoPacket) -> Fraction:
        seconds = (packet.duration or 0) * packet.time_base
        return seconds if 0 < seconds <= _LONGEST_SECONDS else 1 / self._frame_rate


@dataclass(slots=True, kw_only=True)
class TrackClock:
    """Puts the packets of one audio track onto the one clock that the pictures run on."""

    pictures: PictureClock
    """Must know the parts some packets ahead of the audio."""
    _part: int = field(default=0, init=False)
    _own_shift_seconds: Fraction = field(default=Fraction(0), init=False)
    _raw_end: int | None = field(default=None, init=False)
    _raw_dts: int = field(default=0, init=False)
    _end_seconds: Fraction = field(default=Fraction(0), init=False)
    _is_joint: bool = field(default=False, init=False)

    def place(self, packet: AudioPacket) -> bool:
        """Give the packet its stamps and a duration on the clip's one clock.

        Returns:
            Whether it has a place there. Not so at a joint, if more than half of it lies behind
            its own part's pictures, or before the end of what was kept of the part before.
        """
        dts = self._raw(packet)
        self._follow(packet, dts)
        ticks = round(self._shift_seconds() / packet.time_base)
        packet.dts, packet.pts = dts + ticks, (dts if packet.pts is None else packet.pts) + ticks
        return self._has_room(packet)

    def _raw(self, packet: AudioPacket) -> int:
        """The decoding time the file gives, or else where the last packet ended."""
        if packet.dts is not None:
            dts = packet.dts
        else:
            dts = (self._raw_end or 0) if packet.pts is None else packet.pts
        if not packet.duration and self._raw_end is not None:
            # MP4 readers leave out a last packet that lasts no time.
            packet.duration = max(0, dts - self._raw_dts)
        return dts

    def _follow(self, packet: AudioPacket, dts: int) -> None:
        """Go over to the part of the pictures that the packet belongs to."""
        parts, before = self.pictures.parts, self._part
        if self._raw_end is not None and self._falls_seconds(packet, dts) >= RESTART_SECONDS:
            if self._part + 1 < len(parts):
                self._part += 1
            else:
                start = dts * packet.time_base + self._shift_seconds()
                self._own_shift_seconds += self._end_seconds - start
        while self._part + 1 < len(parts) and -1 < parts[self._part + 1].position <= _pos(packet):
            self._part += 1
        self._is_joint |= self._part != before and self._raw_end is not None
        self._raw_dts, self._raw_end = dts, dts + (packet.duration or 1)

    def _falls_seconds(self, packet: AudioPacket, dts: int) -> Fraction:
        return (self._raw_dts - dts) * packet.time_base

    def _shift_seconds(self) -> Fraction:
        return self.pictures.shift_seconds(self._part) + self._own_shift_seconds

    def _part_end_seconds(self) -> Fraction:
        return self.pictures.parts[self._part].end_seconds + self._shift_seconds()

    def _has_room(self, packet: AudioPacket) -> bool:
        start = (packet.dts or 0) * packet.time_base
        lasts = (packet.duration or 0) * packet.time_base
        middle = start + lasts / 2
        if self._is_joint and middle < self._end_seconds:
            return False
        if self._part + 1 < len(self.pictures.parts) and middle > self._part_end_seconds():
            return False
        self._is_joint = False
        self._end_seconds = start + lasts
        return True


def _pos(packet: AudioPacket) -> int:
    return -1 if packet.pos is None else packet.pos
