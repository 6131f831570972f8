"""The packets of a file: those of the stream that is read, and how far all streams came."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from vidclf.core.frames import in_seconds
from vidclf.sources.read_report import SourceReport


class PacketReader:
    """Gives a stream's packets, without the empty one that PyAV ends with.

    An error of the container ends the stream with what was read so far, and is noted.

    Args:
        container: the file.
        stream: the stream that is read.
        report: is told of errors.
        check: raises what is no fault of the file, as a connection that broke.
    """

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        report: SourceReport,
        check: Callable[[SourceReport], None],
    ) -> None:
        self.error: str | None = None
        """Why the container could not be read on; None where it just ended."""
        self.read_bytes = 0
        """Where the last of all packets ends in the file, as far as the container tells."""
        self.tells_order = False
        """Whether a packet of the stream told other times for decoding and for showing it."""
        self._container = container
        self._stream = stream
        self._report = report
        self._check = check
        self._ends: dict[int, _TrackEnd] = {}

    def __iter__(self) -> Iterator[Packet[VideoStream]]:
        for packet in self._all():
            index = packet.stream_index
            if packet.size:
                self.read_bytes = max(self.read_bytes, (packet.pos or 0) + packet.size)
                self._follow(packet, index)
                if index == self._stream.index:
                    self.tells_order |= packet.pts != packet.dts
                    yield packet

    @property
    def end_seconds(self) -> float:
        """When the last of all packets ends on the clip's own clock; -inf before any tells."""
        return max((end.seconds for end in self._ends.values()), default=-math.inf)

    @property
    def stream_end_seconds(self) -> float:
        """When the last packet of the stream itself ends; -inf before any tells."""
        end = self._ends.get(self._stream.index)
        return -math.inf if end is None else end.seconds

    def _follow(self, packet: Packet[Any], index: int) -> None:
        """Take notice of when a packet ends, if it tells."""
        ticks = packet.dts if packet.pts is None else packet.pts
        if ticks is None:
            return
        ticks += packet.duration or 0
        end = self._ends.get(index)
        if end is not None:
            end.ticks = max(end.ticks, ticks)
        elif packet.time_base is not None:
            self._ends[index] = _TrackEnd(ticks, packet.time_base)

    def _all(self) -> Iterator[Packet[Any]]:
        packets = self._container.demux()
        while True:
            try:
                packet = next(packets, None)
            except IndexError:  # PyAV at the end, if a stream appeared on the way
                packet = None
            except av.FFmpegError as exc:
                self._check(self._report)
                self.error = exc.strerror or type(exc).__name__
                self._report.note(
                    f"reading stopped after {self._report.packets_read} packets: {self.error}"
                )
                return
            if packet is None:
                self._check(self._report)
                return
            yield packet


@dataclass(slots=True)
class _TrackEnd:
    """When the last packet of a stream ends: packets of one stream have one time base."""

    ticks: int
    time_base: Fraction

    @property
    def seconds(self) -> float:
        return in_seconds(self.ticks, self.time_base)
