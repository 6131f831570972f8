"""The audio of the original clip, carried over in step with the pictures.

A second reading of the input gives the audio packets; they are muxed as the video's time
advances, so nothing piles up in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer

from vidclf.core.frames import VideoInfo
from vidclf.core.run_warnings import get_logger
from vidclf.sinks.audio.clock import AudioPacket
from vidclf.sinks.audio.cut import Cut, JoinedSound, open_cut_track_writer
from vidclf.sinks.audio.reader import AudioReader, Losses
from vidclf.sinks.audio.track_writer import TrackWriter, open_track_writer
from vidclf.sinks.container_formats import Container

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The clip whose audio and title go along with the pictures."""

    name: str
    """What it is called in warnings."""
    open: Callable[[], InputContainer]
    """Opens it, beside whoever reads its pictures."""
    audio: bool = True
    """Whether its audio tracks are wanted."""
    end_seconds: Fraction | None = None
    """On the clip's own clock; audio from there on is left out. None for all of it."""
    ends_with_pictures: bool = False
    """Whether audio stops where the last picture does, as after a cut by frame index."""
    cuts: tuple[Cut, ...] = ()
    """The parts that are joined, where only parts are wanted; their audio is encoded anew."""


class AudioTracks:
    """All audio tracks of the original, muxed into `output` as time goes on.

    Args:
        source: The original, opened; the caller closes it.
        original: Which file that is, and how much of its sound is wanted.
        info: What the pictures' source found; sound follows its stream where the clock restarts.
        output: The file being written, before its header.
        container: What kind of file that is.
    """

    def __init__(
        self,
        source: av.container.InputContainer,
        *,
        original: Original,
        info: VideoInfo,
        output: av.container.OutputContainer,
        container: Container,
    ) -> None:
        self._output = output
        self._end_seconds = original.end_seconds
        self._joined = JoinedSound(original.cuts) if original.cuts else None
        self._losses: dict[int, Losses] = {}
        self._writers: dict[int, TrackWriter] = {}
        for stream in _known_tracks(source):
            self._losses[stream.index] = Losses()
            self._writers[stream.index] = self._open_writer(stream, container)
        self._packets = AudioReader(
            source,
            name=original.name,
            losses=self._losses,
            pictures_index=info.stream_index,
            frame_rate=info.frame_rate,
        ).packets()
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
        """Mux all packets that begin before a moment of the pictures' clock; None for all."""
        if self._joined:
            until_seconds = self._joined.source_seconds(until_seconds)
        while (packet := self._peek()) is not None:
            start = (packet.dts or 0) * packet.time_base
            if until_seconds is not None and start >= until_seconds:
                return
            self._next = None
            if self._is_wanted(packet, start):
                self._mux(packet)

    def finish(self, path: Path, *, until_seconds: Fraction | None = None) -> None:
        """Mux what is left, up to a moment of the pictures' clock; None for all.

        Args:
            path: The file's name, for the one warning of what a track lost.
            until_seconds: Where the sound ends.
        """
        self.advance(until_seconds)
        for writer in self._writers.values():
            self._output.mux(list(writer.finish()))
        for index, losses in self._losses.items():
            if losses.count:
                logger.warning(
                    "%d audio packet%s of track %d could not be kept in %s "
                    "(the first at %.3f s: %s)",
                    *(losses.count, "s" * (losses.count > 1), index, path),
                    *(losses.first_seconds, losses.reason),
                )

    def _open_writer(self, stream: av.AudioStream, container: Container) -> TrackWriter:
        losses = self._losses[stream.index]
        if self._joined:
            return open_cut_track_writer(
                stream, self._output, container, losses=losses, joined=self._joined
            )
        return open_track_writer(stream, self._output, container, losses=losses)

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
        index = packet.stream_index
        shift_ticks = round(self._origin_seconds / packet.time_base)
        packet.pts = (packet.pts or 0) - shift_ticks
        packet.dts = (packet.dts or 0) - shift_ticks
        try:
            for encoded in self._writers[index].write(packet):
                self._output.mux(encoded)
        except (av.InvalidDataError, av.ArgumentError) as exc:
            self._losses[index].add(packet, exc.strerror or type(exc).__name__)


def _known_tracks(source: av.container.InputContainer) -> Iterator[av.AudioStream]:
    for stream in source.streams.audio:
        if stream.codec_context is None or not stream.codec_context.sample_rate:
            logger.warning("audio track %d is of no known codec and is left out", stream.index)
        else:
            yield stream
