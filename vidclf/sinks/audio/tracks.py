"""The audio of the original clip, carried over in step with the pictures.

A second reading of the input gives the audio packets; they are muxed as the video's time
advances, so nothing piles up in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import av
from av.container import InputContainer

from vidclf.core.frames import VideoInfo
from vidclf.core.run_warnings import get_logger
from vidclf.files.write_errors import is_of_the_disk
from vidclf.sinks.audio.bounds import TrackBounds
from vidclf.sinks.audio.clock import AudioPacket, time_base_of
from vidclf.sinks.audio.cut import Cut, JoinedSound, open_cut_track_writer
from vidclf.sinks.audio.reader import AudioReader
from vidclf.sinks.audio.track_report import TrackReport
from vidclf.sinks.audio.track_writer import TrackWriter, can_copy, open_copier, open_encoder
from vidclf.sinks.audio.trial import decodes, first_packet, track_refusal
from vidclf.sinks.container_formats import Container

logger = get_logger(__name__)

_MOST_BEYOND = 256
"""So many packets in a row lie behind the end before the rest is not looked at any more: tracks
stand side by side in a file, but not in step."""

_TRIED_PACKETS = 16
"""So many of a track are tried beforehand; nearly all that can be refused is so from the first."""

_HERTZ = range(1000, 768_001)
"""No sound has fewer or more samples a second; damaged headers do."""


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
        self._container = container
        self._original = original
        self._joined = JoinedSound(original.cuts) if original.cuts else None
        tracks = list(_known_tracks(source))
        self._reports = {stream.index: TrackReport() for stream in tracks}
        packets = AudioReader(
            source,
            name=original.name,
            reports=self._reports,
            pictures_index=info.stream_index,
            frame_rate=info.frame_rate,
        ).packets()
        head = list(islice(packets, _TRIED_PACKETS * len(tracks)))
        self._packets = chain(head, packets)
        opened = [(stream.index, self._open_writer(stream, head)) for stream in tracks]
        self._writers = {index: writer for index, writer in opened if writer is not None}
        self._time_bases = {stream.index: time_base_of(stream) for stream in tracks}
        self._hertz = {stream.index: stream.codec_context.sample_rate for stream in tracks}
        self._bounds: dict[int, TrackBounds] = {}
        self._next: tuple[AudioPacket, Fraction] | None = None
        self._pictures_end_seconds: Fraction | None = None

    @property
    def sample_rates(self) -> list[int]:
        """The tracks' sample rates in Hz."""
        return [stream.codec_context.sample_rate for stream in self._output.streams.audio]

    def begin(self, origin_seconds: Fraction, *, is_cut: bool) -> None:
        """Say which moment of the clip becomes 0, and whether audio before it is left out."""
        self._bounds = {
            index: TrackBounds(
                self._time_bases[index],
                sample_rate=self._hertz[index],
                origin_seconds=origin_seconds,
                is_cut=is_cut,
                end_seconds=self._original.end_seconds,
            )
            for index in self._writers
        }

    def advance(self, until_seconds: Fraction) -> None:
        """Mux all packets that begin before a moment of the pictures' clock."""
        if self._joined:
            until_seconds = self._joined.source_seconds(until_seconds)
        while (following := self._peek()) is not None:
            packet, start_seconds = following
            if start_seconds >= until_seconds:
                return
            self._next = None
            if self._is_wanted(packet):
                self._write(packet, start_seconds)

    def finish(self, path: Path, *, pictures_end_seconds: Fraction, is_cut_there: bool) -> None:
        """Mux what is left.

        Args:
            path: The file's name, for the warnings of what happened to a track.
            pictures_end_seconds: When the last picture ends, on the pictures' clock.
            is_cut_there: Whether sound ends there, too; else it may go on, but not far off.
        """
        if self._joined:
            self._mux_up_to(self._joined.cuts[-1].end_seconds)
        elif is_cut_there:
            self._mux_up_to(pictures_end_seconds)
        else:
            self._pictures_end_seconds = pictures_end_seconds
            self._mux_up_to(None)
        for index, writer in self._writers.items():
            self._mux(writer.finish(), index, pictures_end_seconds)
        for index, report in self._reports.items():
            for sentence in report.sentences(index, path):
                logger.warning("%s", sentence)

    def _open_writer(
        self, stream: av.AudioStream, head: Sequence[AudioPacket]
    ) -> TrackWriter | None:
        """What writes a track; None, with a warning, if nothing can.

        Args:
            stream: The track.
            head: The first packets of all tracks.
        """
        index = stream.index
        target = (stream, self._output, self._container)
        report = self._reports[index]
        packets = [packet for packet in head if packet.stream_index == index]
        packets = packets[:_TRIED_PACKETS] or self._first_packet(index)
        if not packets:
            return None
        if self._joined:
            return open_cut_track_writer(*target, report=report, joined=self._joined)
        if not can_copy(stream, self._container):
            return open_encoder(*target, report=report)
        reason = track_refusal(stream, packets, self._container)
        if not reason:
            return open_copier(*target, report=report)
        if not self._decodes(index):
            logger.warning(
                "the sound of track %d is left out: %s does not take it (%s), nor does it decode",
                *(index, self._container.format, reason),
            )
            return None
        logger.warning(
            "the sound of track %d is encoded anew, as %s does not take it as it is (%s)",
            *(index, self._container.format, reason),
        )
        return open_encoder(*target, report=report)

    def _first_packet(self, index: int) -> list[AudioPacket]:
        """Of a track that begins late, the first one; none if there is none at all."""
        with self._original.open() as source:
            packet = first_packet(source, index)
        return [] if packet is None else [packet]

    def _decodes(self, index: int) -> bool:
        with self._original.open() as source:
            return decodes(source, index)

    def _mux_up_to(self, end_seconds: Fraction | None) -> None:
        """Mux the rest; None for all of it."""
        beyond = 0
        while beyond < _MOST_BEYOND and (following := self._peek()) is not None:
            packet, start_seconds = following
            self._next = None
            if end_seconds is not None and start_seconds >= end_seconds:
                beyond += 1
            elif self._is_wanted(packet):
                self._write(packet, start_seconds)
                beyond = 0

    def _peek(self) -> tuple[AudioPacket, Fraction] | None:
        """The next packet, and when it begins; None behind the last one."""
        if self._next is None:
            packet = next(self._packets, None)
            if packet is not None:
                time_base = self._time_bases[packet.stream_index]
                self._next = packet, (packet.dts or 0) * time_base
        return self._next

    def _is_wanted(self, packet: AudioPacket) -> bool:
        bounds = self._bounds.get(packet.stream_index)
        if bounds is None or bounds.leaves_out(packet):
            return False
        report = self._reports[packet.stream_index]
        if bounds.is_too_early(packet):
            report.lose(packet, "far before the first picture")
            return False
        if not bounds.takes(packet, pictures_end_seconds=self._pictures_end_seconds):
            report.lose(packet, "far behind the last picture")
            return False
        return True

    def _write(self, packet: AudioPacket, start_seconds: Fraction) -> None:
        index = packet.stream_index
        self._bounds[index].move(packet)
        self._mux(self._writers[index].write(packet), index, start_seconds)

    def _mux(self, packets: Iterator[AudioPacket], index: int, seconds: Fraction) -> None:
        """Mux what a track's writer gives; sound that fails costs no picture."""
        try:
            for packet in packets:
                self._output.mux(packet)
        except av.FFmpegError as exc:
            if is_of_the_disk(exc):
                raise
            self._reports[index].lost.add(seconds, exc.strerror or type(exc).__name__)


def _known_tracks(source: av.container.InputContainer) -> Iterator[av.AudioStream]:
    for stream in source.streams.audio:
        hertz = 0 if stream.codec_context is None else stream.codec_context.sample_rate
        if not hertz:
            logger.warning("audio track %d is of no known codec and is left out", stream.index)
        elif hertz not in _HERTZ:
            logger.warning(
                "audio track %d says it has %d samples a second, and is left out",
                *(stream.index, hertz),
            )
        else:
            yield stream
