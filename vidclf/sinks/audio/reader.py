"""A second reading of the clip that gives its sound, on the one clock that the pictures run on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.stream import Discard

from vidclf.core.run_warnings import get_logger
from vidclf.sinks.audio.clock import LOOK_AHEAD_PACKETS, AudioPacket, TrackClock, time_base_of
from vidclf.sinks.audio.picture_clock import PictureClock
from vidclf.sinks.audio.track_report import TrackReport

logger = get_logger(__name__)

_AHEAD_PACKETS = 32
"""So many video packets are seen before an audio packet's place is settled: enough to meet a part
whose pictures come in the file after its sound, and all pictures shown before its key frame."""

_MOST_WAITING = 512
"""Audio packets that wait at most, should pictures be rare."""

_MOST_WAITING_BYTES = 4 * 2**20
"""What they hold at most: uncompressed sound has large packets."""


class AudioReader:
    """The packets of some audio tracks in the order of the file, their stamps made one clock's.

    Where a clock may start anew, the pictures' packets are read along.

    Args:
        source: The clip, opened; its other streams are not read.
        name: What it is called in warnings.
        reports: Track index → what there is to tell of it; the tracks that are read.
        pictures_index: The video stream whose clock counts.
        frame_rate: Its nominal frames per second.
    """

    def __init__(
        self,
        source: InputContainer,
        *,
        name: str,
        reports: Mapping[int, TrackReport],
        pictures_index: int,
        frame_rate: Fraction,
    ) -> None:
        self._source = source
        self._name = name
        self._reports = reports
        self._pictures = PictureClock(frame_rate)
        self._tracks = {
            stream.index: self._clock(stream)
            for stream in source.streams.audio
            if stream.index in reports
        }
        self._waiting: deque[tuple[int, AudioPacket]] = deque()
        self._waiting_bytes = 0
        self._pictures_seen = 0
        self._pictures_index = _restarting_video(source, pictures_index)
        for stream in source.streams:
            if stream.index not in (*reports, self._pictures_index):
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
                self._waiting_bytes += packet.size
            while self._waiting and self._is_settled():
                yield from self._placed()
        while self._waiting:
            yield from self._placed()

    def _clock(self, stream: av.AudioStream) -> TrackClock:
        """A clock that knows how long a packet may last."""
        context = stream.codec_context
        usual_seconds, bytes_per_second = None, 0
        if context.frame_size:
            usual_seconds = Fraction(context.frame_size, context.sample_rate)
        if context.name.startswith("pcm_") and context.format:
            bytes_per_second = context.sample_rate * context.format.bytes * context.channels
        return TrackClock(
            pictures=self._pictures,
            time_base=time_base_of(stream),
            usual_seconds=usual_seconds,
            bytes_per_second=bytes_per_second,
        )

    def _is_settled(self) -> bool:
        seen_then, _ = self._waiting[0]
        if len(self._waiting) > _MOST_WAITING or self._waiting_bytes > _MOST_WAITING_BYTES:
            return True
        return len(self._waiting) > LOOK_AHEAD_PACKETS * len(self._tracks) and (
            self._pictures_index is None or self._pictures_seen - seen_then >= _AHEAD_PACKETS
        )

    def _placed(self) -> Iterator[AudioPacket]:
        _, packet = self._waiting.popleft()
        self._waiting_bytes -= packet.size
        index = packet.stream_index
        stamp = packet.dts or packet.pts or 0
        ahead = (later for _, later in self._waiting if later.stream_index == index)
        if self._tracks[index].mend(packet, ahead):
            self._reports[index].misplaced.add(stamp * packet.time_base)
        if self._tracks[index].place(packet):
            yield packet
        else:
            self._reports[index].lose(packet, "joined parts overlap there")

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
    """The video stream's index, if it is one whose clock may start anew; MP4's and MOV's do not."""
    if "mov" in source.format.name.split(",") or index >= len(source.streams):
        return None
    return index if isinstance(source.streams[index], av.VideoStream) else None
