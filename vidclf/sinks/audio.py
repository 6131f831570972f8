"""The audio of the original clip, carried over: copied packet by packet, or encoded anew.

A second reading of the input gives audio packets only; they are muxed as the video's time
advances, so nothing piles up in memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import av
from av.stream import Discard

from vidclf.sinks.containers import Container

AudioPacket: TypeAlias = "av.Packet[av.AudioStream]"

logger = logging.getLogger(__name__)

_MP3_LEAST_HERTZ_IN_MP4 = 16_000
_AAC_HERTZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The clip whose audio and title go along with the pictures."""

    path: Path
    """The file."""
    audio: bool = True
    """Whether its audio tracks are wanted."""
    end_seconds: Fraction | None = None
    """On the clip's own clock; audio from there on is left out. None for all of it."""


def open_original(path: Path) -> av.container.InputContainer:
    """Open a local file as what it is; no playlist in it can reach other files or the network."""
    return av.open(
        f"file:{path.absolute()}",
        metadata_errors="replace",
        container_options={"protocol_whitelist": "file"},
    )


class Lane(Protocol):
    """One audio track on its way from the input to the output."""

    def feed(self, packet: AudioPacket) -> Iterator[AudioPacket]:
        """The output's packets that `packet` gives, its timestamps shifted already."""
        ...

    def finish(self) -> Iterator[AudioPacket]:
        """The last packets."""
        ...


class CopyLane:
    """Packets as they are; only timestamps that run backwards are mended."""

    def __init__(self, stream: av.AudioStream) -> None:
        self._stream = stream
        self._last_dts: int | None = None

    def feed(self, packet: AudioPacket) -> Iterator[AudioPacket]:
        """The packet itself, in the output's stream."""
        dts, pts = packet.dts or 0, packet.pts or 0
        if self._last_dts is not None and dts <= self._last_dts:
            dts = self._last_dts + 1
        packet.dts, packet.pts = dts, max(pts, dts)
        self._last_dts = dts
        packet.stream = self._stream
        yield packet

    def finish(self) -> Iterator[AudioPacket]:
        """Nothing: each packet left as it came."""
        yield from ()


class EncodeLane:
    """Packets decoded, brought to the encoder's rate and layout without drifting, and encoded."""

    def __init__(self, stream: av.AudioStream) -> None:
        self._stream = stream
        self._graph: av.filter.Graph | None = None
        self._is_damaged = False

    def feed(self, packet: AudioPacket) -> Iterator[AudioPacket]:
        """The packets that became whole with this one; none for a damaged packet."""
        try:
            frames = packet.decode()
        except av.FFmpegError as exc:
            if not self._is_damaged:
                logger.warning("audio packets that do not decode become silence (%s)", exc)
            self._is_damaged = True
            return
        for frame in frames:
            self._graph = self._graph or _resampling_graph(frame, self._stream.codec_context)
            self._graph.push(frame)
            yield from self._encode(self._graph)

    def finish(self) -> Iterator[AudioPacket]:
        """What the resampler and the encoder still held."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._encode(self._graph)
        yield from self._stream.encode(None)

    def _encode(self, graph: av.filter.Graph) -> Iterator[AudioPacket]:
        with suppress(av.BlockingIOError, av.EOFError):
            while isinstance(samples := graph.pull(), av.AudioFrame):
                yield from self._stream.encode(samples)


def _resampling_graph(frame: av.AudioFrame, encoder: av.AudioCodecContext) -> av.filter.Graph:
    """From frames like `frame` to the encoder's format; gaps in the timestamps become silence."""
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=frame.time_base,
        ),
        graph.add("aresample", f"{encoder.sample_rate}:async=1"),
        graph.add(
            "aformat",
            f"sample_fmts={encoder.format.name}:sample_rates={encoder.sample_rate}"
            f":channel_layouts={encoder.layout.name}",
        ),
        graph.add("asetnsamples", f"n={encoder.frame_size or 1024}:p=0"),
        graph.add("abuffersink"),
    )
    graph.configure()
    return graph


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
                self._mux(packet)

    def finish(self) -> None:
        """Mux all that is left."""
        self.advance(None)
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

    def _mux(self, packet: AudioPacket) -> None:
        shift_ticks = round(self._origin_seconds / packet.time_base)
        packet.pts = (packet.pts or 0) - shift_ticks
        packet.dts = (packet.dts or 0) - shift_ticks
        for encoded in self._lanes[packet.stream_index].feed(packet):
            self._output.mux(encoded)

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
            yield stream.index, _lane(stream, output, container)


def _lane(
    stream: av.AudioStream, output: av.container.OutputContainer, container: Container
) -> Lane:
    if _can_copy(stream, container):
        target = output.add_stream_from_template(stream)
        lane: Lane = CopyLane(target)
    else:
        target = _encoded_stream(stream, output, container)
        lane = EncodeLane(target)
    target.disposition = stream.disposition
    for key in ("language", "title", "handler_name"):
        if key in stream.metadata:
            target.metadata[key] = stream.metadata[key]
    return lane


def _can_copy(stream: av.AudioStream, container: Container) -> bool:
    context = stream.codec_context
    if context.name.startswith("mp3") and context.sample_rate < _MP3_LEAST_HERTZ_IN_MP4:
        return False
    return context.codec.canonical_name in container.copied_audio


def _encoded_stream(
    stream: av.AudioStream, output: av.container.OutputContainer, container: Container
) -> av.AudioStream:
    layout = {1: "mono", 2: "stereo"}.get(
        stream.channels, "5.1" if stream.channels > 5 else "stereo"
    )
    hertz = _encoder_hertz(stream.sample_rate, container)
    target = cast(
        av.AudioStream, output.add_stream(container.audio_encoder, rate=hertz, layout=layout)
    )
    target.bit_rate = container.audio_bits_per_channel * target.codec_context.layout.nb_channels
    return target


def _encoder_hertz(hertz: int, container: Container) -> int:
    """The clip's own rate where the encoder knows it, else the next higher one; Opus has 48 kHz."""
    if container.audio_encoder == "libopus":
        return 48_000
    return next((known for known in _AAC_HERTZ if known >= hertz), _AAC_HERTZ[-1])
