"""The audio of the original clip, carried over in step with the pictures.

A second reading of the input gives audio packets only; they are muxed as the video's time
advances, so nothing piles up in memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Discard

from vidclf.sinks.audio_lanes import AudioPacket, Lane, open_lane
from vidclf.sinks.containers import Container

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The clip whose audio and title go along with the pictures."""

    path: Path
    """The file."""
    audio: bool = True
    """Whether its audio tracks are wanted."""
    end_seconds: Fraction | None = None
    """On the clip's own clock; audio from there on is left out. None for all of it."""
    ends_with_pictures: bool = False
    """Whether audio stops where the last picture does, as after a cut by frame index."""


class AudioTracks:
    """All audio tracks of the original, muxed into `output` as time goes on.

    Args:
        source: The original, opened; the caller closes it.
        output: The file being written, before its header.
        container: What kind of file that is.
        end_seconds: Where the audio ends, on the clip's own clock.
    """

    def __init__(
        self,
        source: av.container.InputContainer,
        *,
        output: av.container.OutputContainer,
        container: Container,
        end_seconds: Fraction | None = None,
    ) -> None:
        self._output = output
        self._end_seconds = end_seconds
        self._lanes = dict(_lanes(source, output, container))
        self._packets = self._demux(source)
        self._next: AudioPacket | None = None
        self._origin_seconds = Fraction(0)
        self._is_cut = False

    @property
    def sample_rates(self) -> list[int]:
        """The tracks' sample rates in Hz."""
        return [stream.codec_context.sample_rate for stream in self._output.streams.audio]

    def begin(self, origin_seconds: Fraction, *, is_cut: bool) -> None:
        """Say which moment of the clip becomes 0, and whether audio before it is left out."""
        self._origin_seconds = origin_seconds
        self._is_cut = is_cut

    def advance(self, until_seconds: Fraction | None) -> None:
        """Mux all packets that begin before a moment on the clip's own clock; None for all."""
        while (packet := self._peek()) is not None:
            start = (packet.dts or 0) * packet.time_base
            if until_seconds is not None and start >= until_seconds:
                return
            self._next = None
            if self._is_wanted(packet, start):
                self._mux(packet, start)

    def finish(self, until_seconds: Fraction | None = None) -> None:
        """Mux what is left, up to a moment on the clip's own clock; None for all."""
        self.advance(until_seconds)
        for lane in self._lanes.values():
            self._output.mux(list(lane.finish()))

    def _peek(self) -> AudioPacket | None:
        if self._next is None:
            self._next = next(self._packets, None)
        return self._next

    def _is_wanted(self, packet: AudioPacket, start_seconds: Fraction) -> bool:
        end_seconds = start_seconds + (packet.duration or 1) * packet.time_base
        if self._is_cut and end_seconds <= self._origin_seconds:
            return False
        return self._end_seconds is None or start_seconds < self._end_seconds

    def _mux(self, packet: AudioPacket, start_seconds: Fraction) -> None:
        shift_ticks = round(self._origin_seconds / packet.time_base)
        packet.pts = (packet.pts or 0) - shift_ticks
        packet.dts = (packet.dts or 0) - shift_ticks
        try:
            for encoded in self._lanes[packet.stream_index].feed(packet):
                self._output.mux(encoded)
        except (av.InvalidDataError, av.ArgumentError) as exc:
            logger.warning("an audio packet at %s s is left out (%s)", float(start_seconds), exc)

    def _demux(self, source: av.container.InputContainer) -> Iterator[AudioPacket]:
        """Audio packets with timestamps, up to the first place that cannot be read."""
        streams = tuple(track for track in source.streams.audio if track.index in self._lanes)
        if not streams:
            return
        expected = dict.fromkeys(self._lanes, 0)
        try:
            for packet in source.demux(streams):
                if packet.size:
                    _stamp(packet, expected[packet.stream_index])
                    expected[packet.stream_index] = (packet.dts or 0) + (packet.duration or 1)
                    yield packet
        except av.FFmpegError as exc:
            logger.warning("the audio of %s is damaged and ends early (%s)", source.name, exc)


def _stamp(packet: AudioPacket, expected: int) -> None:
    """Fill in a missing timestamp: from the other one, or from where the last packet ended."""
    if packet.dts is None:
        packet.dts = expected if packet.pts is None else packet.pts
    if packet.pts is None:
        packet.pts = packet.dts


def _lanes(
    source: av.container.InputContainer,
    output: av.container.OutputContainer,
    container: Container,
) -> Iterator[tuple[int, Lane]]:
    for stream in source.streams:
        if not isinstance(stream, av.AudioStream):
            stream.discard = Discard.all
        elif stream.codec_context is None or not stream.codec_context.sample_rate:
            logger.warning("audio track %d is of no known codec and is left out", stream.index)
        else:
            yield stream.index, open_lane(stream, output, container)
