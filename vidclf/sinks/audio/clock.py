"""The stamps of a track's packets, put onto the one clock that the pictures run on.

A part's pictures are moved by one amount (docs/sources.md, rule 3), so its sound is moved by the
same; then both stand to each other as they did before the parts were joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import TypeAlias

import av

from vidclf.sinks.audio.picture_clock import RESTART_SECONDS, PictureClock

AudioPacket: TypeAlias = "av.Packet[av.AudioStream]"

LOOK_AHEAD_PACKETS = 64
"""So many packets of a track are looked through for one that goes on where sound leapt away: more
than an MPEG or Ogg packet of packets holds, all of whose stamps come from one number."""

_IN_LINE_SECONDS = Fraction(1, 2)
"""Sound that goes on within this is not counted as having leapt."""

_FAR_SECONDS = 10
"""A track's very first packets are not believed where the next ones lie so much before them."""

_MOST_USUAL = 16
"""A packet that claims to last longer than so many usual ones is not believed; AMR's hold 15."""

_LONGEST_SECONDS = 10
"""Nor one that claims to last longer than this, where nothing tells what is usual."""

_MOST_PACKED = 4
"""Uncompressed samples take up to so many times fewer bytes in a packet than decoded."""

_MOST_SEARCHES = 64
"""So often is looked in vain for where sound goes on; then the track is taken as it is."""


@dataclass(slots=True, kw_only=True)
class TrackClock:
    """Puts the packets of one audio track onto the one clock that the pictures run on."""

    pictures: PictureClock
    """Must know the parts some packets ahead of the audio."""
    usual_seconds: Fraction | None = None
    """How long a packet lasts in most tracks of the codec; None where that differs."""
    bytes_per_second: int = 0
    """How many decoded bytes a second has in an uncompressed track; 0 for a compressed one."""
    _searches: int = field(default=0, init=False)
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

    def mend(self, packet: AudioPacket, ahead: Iterable[AudioPacket]) -> bool:
        """Put a packet with a damaged stamp where the one before it ended; call it before `place`.

        Its stamp is damaged if it lies a second or more off while one of the next packets stands
        just where sound would be had it gone on all the time, and the pictures' clock runs on.

        Args:
            packet: The next packet.
            ahead: Those of the same track behind it.

        Returns:
            Whether it was.
        """
        stamp = _stamp(packet)
        if stamp is None or self._part + 1 < len(self.pictures.parts):
            return False
        following = islice(ahead, LOOK_AHEAD_PACKETS)
        if self._raw_end is None:
            line = self._first_in_line(packet, stamp, following)
        else:
            line = self._next_in_line(packet, stamp, following)
        if line is None:
            return False
        packet.pts = packet.dts = line
        return True

    def _next_in_line(
        self, packet: AudioPacket, stamp: int, ahead: Iterable[AudioPacket]
    ) -> int | None:
        """Where the last packet ended, if sound goes on from there behind this one."""
        line = self._raw_end or 0
        time_base = packet.time_base
        if abs(stamp - line) * time_base < RESTART_SECONDS or self._searches == _MOST_SEARCHES:
            return None
        expected = line + self._duration(packet)
        for later in ahead:
            start = _stamp(later)
            if start is not None and abs(start - expected) * time_base < _IN_LINE_SECONDS:
                return line
            expected += self._duration(later)
        self._searches += 1
        return None

    def _first_in_line(
        self, packet: AudioPacket, stamp: int, ahead: Iterable[AudioPacket]
    ) -> int | None:
        """Where a track's first packet belongs if it lies far behind the next ones and pictures."""
        seconds = stamp * packet.time_base
        if any(seconds - part.end_seconds < _FAR_SECONDS for part in self.pictures.parts):
            return None
        lasts, expected = self._duration(packet), stamp + self._duration(packet)
        for later in ahead:
            start = _stamp(later)
            if start is not None and (expected - start) * packet.time_base >= _FAR_SECONDS:
                return start - lasts
            duration = self._duration(later)
            lasts, expected = lasts + duration, expected + duration
        return None

    def _raw(self, packet: AudioPacket) -> int:
        """The decoding time the file gives, or else where the last packet ended."""
        if packet.dts is not None:
            dts = packet.dts
        else:
            dts = (self._raw_end or 0) if packet.pts is None else packet.pts
        if not packet.duration and self._raw_end is not None:
            # MP4 readers leave out a last packet that lasts no time.
            packet.duration = max(0, dts - self._raw_dts)
        packet.duration = self._duration(packet)
        return dts

    def _duration(self, packet: AudioPacket) -> int:
        """How long a packet lasts in its own ticks, if that can be believed; else as is usual."""
        longest = self._longest_seconds(packet)
        if 0 <= (packet.duration or 0) * packet.time_base <= longest:
            return packet.duration or 0
        return round(min(self.usual_seconds or Fraction(1), longest) / packet.time_base)

    def _longest_seconds(self, packet: AudioPacket) -> Fraction:
        if self.bytes_per_second:
            return _MOST_PACKED * Fraction(packet.size, self.bytes_per_second)
        return (
            _MOST_USUAL * self.usual_seconds if self.usual_seconds else Fraction(_LONGEST_SECONDS)
        )

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


def _stamp(packet: AudioPacket) -> int | None:
    return packet.pts if packet.dts is None else packet.dts


def _pos(packet: AudioPacket) -> int:
    return -1 if packet.pos is None else packet.pos
