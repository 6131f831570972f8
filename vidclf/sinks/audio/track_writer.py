"""One audio track on its way into a file: copied packet by packet, or encoded anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Protocol, cast

import av

from vidclf.sinks.audio.clock import AudioPacket
from vidclf.sinks.audio.track_report import TrackReport
from vidclf.sinks.audio.trial import Trial
from vidclf.sinks.container_formats import Container

_MP3_LEAST_HERTZ_IN_MP4 = 16_000
"""FFmpeg's MP4 muxer refuses slower MP3 (movenc.c, `mov_init`)."""

_AAC_HERTZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
"""Sample rates of AAC (ISO/IEC 14496-3, table 1.18)."""

_USUAL_LEAST_GAP_SECONDS = 0.1
"""Where stamps jump by less, sound goes on: FFmpeg's default, for clocks of whole milliseconds."""

_LEAST_GAP_SECONDS = {Fraction(1, 90_000): 0.005}
"""MPEG's stamps are exact, so that joined parts can be put where they belong."""

_LONGEST_SILENCE_SECONDS = 3600
"""Where sound pauses for longer, its stamps leap and nothing is encoded in between."""


class TrackWriter(Protocol):
    """One audio track on its way from the input to the output."""

    def write(self, packet: AudioPacket) -> Iterator[AudioPacket]:
        """The output's packets that `packet` gives, its timestamps shifted already."""
        ...

    def finish(self) -> Iterator[AudioPacket]:
        """The last packets."""
        ...


class TrackCopier:
    """Packets as they are; only timestamps that run backwards are mended."""

    def __init__(self, stream: av.AudioStream, trial: Trial, report: TrackReport) -> None:
        self._stream = stream
        self._trial = trial
        self._report = report
        self._last_dts: int | None = None

    def write(self, packet: AudioPacket) -> Iterator[AudioPacket]:
        """The packet itself, in the output's stream, if that takes it."""
        dts, pts = packet.dts or 0, packet.pts or 0
        if self._last_dts is not None and dts <= self._last_dts:
            dts = self._last_dts + 1
        packet.dts, packet.pts = dts, max(pts, dts)
        self._last_dts = dts
        if reason := self._trial.refusal(packet):
            self._report.lose(packet, reason)
            return
        packet.stream = self._stream
        yield packet

    def finish(self) -> Iterator[AudioPacket]:
        """Nothing: each packet left as it came."""
        yield from ()


class TrackEncoder:
    """Packets decoded, brought to the encoder's rate and layout without drifting, and encoded."""

    def __init__(self, stream: av.AudioStream, report: TrackReport) -> None:
        self._stream = stream
        self._report = report
        self._graph: av.filter.Graph | None = None
        self._kind: tuple[str, str, int] | None = None
        self._end_seconds: Fraction | None = None

    def write(self, packet: AudioPacket) -> Iterator[AudioPacket]:
        """The packets that became whole with this one; none for a damaged packet."""
        try:
            frames = packet.decode()
        except av.FFmpegError:
            self._report.lose(packet, "does not decode")
            return
        for frame in frames:
            kind = (frame.format.name, frame.layout.name, frame.sample_rate)
            pause_seconds = self._pause_seconds(frame)
            if kind != self._kind or pause_seconds > _LONGEST_SILENCE_SECONDS:
                yield from self._drain()
                self._graph = _resampling_graph(frame, self._stream.codec_context)
                self._kind = kind
            elif pause_seconds > 1:
                for silence in _silence(frame, int(pause_seconds)):
                    yield from self._push(silence)
            yield from self._push(frame)

    def finish(self) -> Iterator[AudioPacket]:
        """What the resampler and the encoder still held."""
        yield from self._drain()
        yield from self._stream.encode(None)

    def _pause_seconds(self, frame: av.AudioFrame) -> Fraction:
        """How long there was no sound before a frame."""
        if self._end_seconds is None or frame.pts is None or not frame.time_base:
            return Fraction(0)
        return frame.pts * frame.time_base - self._end_seconds

    def _push(self, frame: av.AudioFrame) -> Iterator[AudioPacket]:
        assert self._graph is not None
        self._graph.push(frame)
        if frame.pts is not None and frame.time_base:
            lasts_seconds = Fraction(frame.samples, frame.sample_rate)
            self._end_seconds = frame.pts * frame.time_base + lasts_seconds
        yield from self._encode(self._graph)

    def _drain(self) -> Iterator[AudioPacket]:
        if self._graph is not None:
            self._graph.push(None)
            yield from self._encode(self._graph)

    def _encode(self, graph: av.filter.Graph) -> Iterator[AudioPacket]:
        with suppress(av.BlockingIOError, av.EOFError):
            while isinstance(samples := graph.pull(), av.AudioFrame):
                yield from self._encoded(samples)

    def _encoded(self, samples: av.AudioFrame) -> Iterator[AudioPacket]:
        yield from self._stream.encode(samples)


def _silence(before: av.AudioFrame, seconds: int) -> Iterator[av.AudioFrame]:
    """So many frames of a second each, up to one that has sound.

    The resampler fills gaps, too, but holds all of such silence in memory at once.
    """
    zero = b"\x80" if before.format.name.startswith("u8") else b"\0"
    for left in range(seconds, 0, -1):
        frame = av.AudioFrame(before.format, before.layout, before.sample_rate)
        for plane in frame.planes:
            plane.update(zero * plane.buffer_size)
        frame.sample_rate, frame.time_base = before.sample_rate, before.time_base
        frame.pts = (before.pts or 0) - round(left / (before.time_base or Fraction(1)))
        yield frame


def _resampling_graph(frame: av.AudioFrame, encoder: av.AudioCodecContext) -> av.filter.Graph:
    """From frames like `frame` to the encoder's format; gaps in the timestamps become silence."""
    least_gap = _LEAST_GAP_SECONDS.get(frame.time_base or Fraction(0), _USUAL_LEAST_GAP_SECONDS)
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=frame.time_base,
        ),
        graph.add("aresample", f"{encoder.sample_rate}:async=1:min_hard_comp={least_gap}"),
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


def open_copier(
    stream: av.AudioStream,
    output: av.container.OutputContainer,
    container: Container,
    *,
    report: TrackReport,
) -> TrackCopier:
    """Add a track to `output` that takes the packets of `stream` as they are."""
    target = output.add_stream_from_template(stream)
    keep_tags(stream, target)
    return TrackCopier(target, Trial(stream, container), report)


def open_encoder(
    stream: av.AudioStream,
    output: av.container.OutputContainer,
    container: Container,
    *,
    report: TrackReport,
) -> TrackEncoder:
    """Add a track to `output` for which `stream` is encoded anew."""
    target = encoded_stream(stream, output, container)
    keep_tags(stream, target)
    return TrackEncoder(target, report)


def keep_tags(stream: av.AudioStream, target: av.AudioStream) -> None:
    """Let a written track say what the original's says of itself."""
    target.disposition = stream.disposition
    for key in ("language", "title", "handler_name"):
        if key in stream.metadata:
            target.metadata[key] = stream.metadata[key]


def can_copy(stream: av.AudioStream, container: Container) -> bool:
    """Whether the container may hold packets of this codec as they are."""
    context = stream.codec_context
    if context.name.startswith("mp3") and context.sample_rate < _MP3_LEAST_HERTZ_IN_MP4:
        return False
    return context.codec.canonical_name in container.copied_audio


def encoded_stream(
    stream: av.AudioStream, output: av.container.OutputContainer, container: Container
) -> av.AudioStream:
    """A new track for `stream`, in the codec and the rate that the container is given."""
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
