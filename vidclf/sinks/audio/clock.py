"""The stamps of a track's packets, put onto the one clock that the pictures run on.

A part's pictures are moved by one amount (docs/sources.md, rule 3), so its sound is moved by the
same; then both stand to each other as they did before the parts were joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from math import ceil
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
    """Puts the packets of one audio track onto the one clock that the pictures run on.

    It counts in whole ticks: fractions of a second are made only where parts are joined.
    """

    pictures: PictureClock
    """Must know the parts some packets ahead of the audio."""
    time_base: Fraction
    """Seconds in one tick of the track's packets."""
    usual_seconds: Fraction | None = None
    """How long a packet lasts in most tracks of the codec; None where that differs."""
    bytes_per_second: int = 0
    """How many decoded bytes a second has in an uncompressed track; 0 for a compressed one."""
    _searches: int = field(default=0, init=False)
    _part: int = field(default=0, init=False)
    _own_shift_seconds: Fraction = field(default=Fraction(0), init=False)
    _raw_end: int | None = field(default=None, init=False)
    _raw_dts: int = field(default=0, init=False)
    _end: int = field(default=0, init=False)
    _is_joint: bool = field(default=False, init=False)
    _restart: int = field(init=False)
    _in_line: int = field(init=False)
    _longest: Fraction = field(init=False)
    _usual: Fraction = field(init=False)

    def __post_init__(self) -> None:
        usual = self.usual_seconds
        longest = _MOST_USUAL * usual if usual else Fraction(_LONGEST_SECONDS)
        self._restart = ceil(RESTART_SECONDS / self.time_base)
        self._in_line = ceil(_IN_LINE_SECONDS / self.time_base)
        self._longest = longest / self.time_base
        self._usual = (usual or Fraction(1)) / self.time_base

    def place(self, packet: AudioPacket) -> bool:
        """Give the packet its stamps and a duration on the clip's one clock.

        Returns:
            Whether it has a place there. Not so at a joint, if more than half of it lies behind
            its own part's pictures, or before the end of what was kept of the part before.
        """
        dts = self._raw(packet)
        self._follow(packet, dts)
        ticks = self._shift_ticks()
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
        if abs(stamp - line) < self._restart or self._searches == _MOST_SEARCHES:
            return None
        expected = line + self._duration(packet)
        for later in ahead:
            start = _stamp(later)
            if start is not None and abs(start - expected) < self._in_line:
                return line
            expected += self._duration(later)
        self._searches += 1
        return None

    def _first_in_line(
        self, packet: AudioPacket, stamp: int, ahead: Iterable[AudioPacket]
    ) -> int | None:
        """Where a track's first packet belongs if it lies far behind the next ones and pictures."""
        seconds = stamp * self.time_base
        if any(seconds - part.end_seconds < _FAR_SECONDS for part in self.pictures.parts):
            return None
        lasts, expected = self._duration(packet), stamp + self._duration(packet)
        for later in ahead:
            start = _stamp(later)
            if start is not None and (expected - start) * self.time_base >= _FAR_SECONDS:
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
        duration, longest = packet.duration or 0, self._longest
        if self.bytes_per_second:
            seconds = _MOST_PACKED * Fraction(packet.size, self.bytes_per_second)
            longest = seconds / self.time_base
        return duration if 0 <= duration <= longest else round(min(self._usual, longest))

    def _follow(self, packet: AudioPacket, dts: int) -> None:
        """Go over to the part of the pictures that the packet belongs to."""
        parts, before = self.pictures.parts, self._part
        if self._raw_end is not None and self._raw_dts - dts >= self._restart:
            if self._part + 1 < len(parts):
                self._part += 1
            else:
                start = dts * self.time_base + self._shift_seconds()
                self._own_shift_seconds += self._end * self.time_base - start
        while self._part + 1 < len(parts) and -1 < parts[self._part + 1].position <= _pos(packet):
            self._part += 1
        self._is_joint |= self._part != before and self._raw_end is not None
        self._raw_dts, self._raw_end = dts, dts + (packet.duration or 1)

    def _shift_ticks(self) -> int:
        if not self._part and not self._own_shift_seconds:
            return 0
        return round(self._shift_seconds() / self.time_base)

    def _shift_seconds(self) -> Fraction:
        return self.pictures.shift_seconds(self._part) + self._own_shift_seconds

    def _part_end_seconds(self) -> Fraction:
        return self.pictures.parts[self._part].end_seconds + self._shift_seconds()

    def _has_room(self, packet: AudioPacket) -> bool:
        start = packet.dts or 0
        end = start + (packet.duration or 0)
        if self._is_joint and start + end < 2 * self._end:
            return False
        if self._part + 1 < len(self.pictures.parts):
            middle_seconds = (start + end) * self.time_base / 2
            if middle_seconds > self._part_end_seconds():
                return False
        self._is_joint = False
        self._end = end
        return True


def time_base_of(stream: av.AudioStream) -> Fraction:
    """Seconds in one tick of the packets of a track that is read."""
    assert stream.time_base is not None, "a demuxer gives every stream one"
    return stream.time_base


def _stamp(packet: AudioPacket) -> int | None:
    return packet.pts if packet.dts is None else packet.dts


def _pos(packet: AudioPacket) -> int:
    return -1 if packet.pos is None else packet.pos
