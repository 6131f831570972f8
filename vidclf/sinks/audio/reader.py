"""A second reading of the clip that gives its sound, on the one clock that the pictures run on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.format import Flags
from av.stream import Discard

from vidclf.core.run_warnings import get_logger
from vidclf.sinks.audio.clock import AudioPacket, PictureClock, TrackClock

logger = get_logger(__name__)

_AHEAD_PACKETS = 32
"""So many video packets are seen before an audio packet's place is settled: enough to meet a part
whose pictures come in the file after its sound, and all pictures shown before its key frame."""

_MOST_WAITING = 512
"""Audio packets that wait at most, should pictures be rare."""


@dataclass(slots=True, kw_only=True)
class Losses:
    """Packets of one track that could not be kept, to be told in one line."""

    count: int = 0
    """How many."""
    first_seconds: float = 0.0
    """Where the first one stood."""
    reason: str = ""
    """Why that one was lost."""

    def add(self, packet: AudioPacket, reason: str) -> None:
        """Count a packet."""
        if not self.count:
            self.first_seconds = float((packet.dts or 0) * packet.time_base)
            self.reason = reason
        self.count += 1


class AudioReader:
    """The packets of some audio tracks in the order of the file, their stamps made one clock's.

    Where a container may start its clock anew (MPEG), the pictures' packets are read along.

    Args:
        source: The clip, opened; its other streams are not read.
        name: What it is called in warnings.
        losses: Track index → what is lost of it; the tracks that are read.
        pictures_index: The video stream whose clock counts.
        frame_rate: Its nominal frames per second.
    """

    def __init__(
        self,
        source: InputContainer,
        *,
        name: str,
        losses: Mapping[int, Losses],
        pictures_index: int,
        frame_rate: Fraction,
    ) -> None:
        self._source = source
        self._name = name
        self._losses = losses
        self._pictures = PictureClock(frame_rate)
        self._tracks = {index: TrackClock(pictures=self._pictures) for index in losses}
        self._waiting: deque[tuple[int, AudioPacket]] = deque()
        self._pictures_seen = 0
        self._pictures_index = _restarting_video(source, pictures_index)
        for stream in source.streams:
            if stream.index not in (*losses, self._pictures_index):
                stream.discard = Discard.all

    def packets(self) -> Iterator[AudioPacket]:
        """The packets that have a place, up to the first spot that cannot be read."""
        if not self._tracks:
            return
        for packet in self._demux():
            if packet.stream_index == self._pictures_index:
                self._pictures.see(packet)
                self._pictures_seen += 1
            elif packet.stream_index in self._tracks:
                self._waiting.append((self._pictures_seen, packet))
            while self._waiting and self._is_settled():
                yield from self._placed()
        while self._waiting:
            yield from self._placed()

    def _is_settled(self) -> bool:
        seen_then, _ = self._waiting[0]
        return (
            self._pictures_index is None
            or self._pictures_seen - seen_then >= _AHEAD_PACKETS
            or len(self._waiting) > _MOST_WAITING
        )

    def _placed(self) -> Iterator[AudioPacket]:
        _, packet = self._waiting.popleft()
        if self._tracks[packet.stream_index].place(packet):
            yield packet
        else:
            self._losses[packet.stream_index].add(packet, "joined parts overlap there")

    def _demux(self) -> Iterator[av.Packet[Any]]:
        wanted = (*self._tracks, *([] if self._pictures_index is None else [self._pictures_index]))
        try:
            for packet in self._source.demux([self._source.streams[index] for index in wanted]):
                if packet.size:
                    yield packet
        except av.FFmpegError as exc:
            reason = exc.strerror or type(exc).__name__
            logger.warning("the audio of %s is damaged and ends early (%s)", self._name, reason)


def _restarting_video(source: InputContainer, index: int) -> int | None:
    """The video stream's index, if it is one and the container may start its clock anew."""
    if Flags.ts_discont not in Flags(source.format.flags) or index >= len(source.streams):
        return None
    return index if isinstance(source.streams[index], av.VideoStream) else None
