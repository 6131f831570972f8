"""MP4 and WebM: every frame once, at its own time, with the original's audio beside it."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import av

from vidclf.core.end_times import EndTimes
from vidclf.core.frames import Frame, Pixels, VideoInfo
from vidclf.core.run_warnings import get_logger
from vidclf.errors import OutputError
from vidclf.files.temporary_names import shown_path
from vidclf.files.write_errors import explained
from vidclf.sinks import SinkInput
from vidclf.sinks.audio.tracks import AudioTracks, Original
from vidclf.sinks.container_formats import (
    LIVE_OPTIONS,
    MP4,
    container_of,
    muxer_options,
    video_time_base,
)
from vidclf.sinks.encoded_color import YuvConverter, check_size, output_color
from vidclf.sinks.encoders import EncoderSettings, add_video_stream, choose_encoder
from vidclf.sinks.late_tracks import align_late_tracks
from vidclf.sinks.packets import PacketWriter, VideoPacket
from vidclf.sinks.tick_scale import TickScale
from vidclf.sinks.verify import check_written

if TYPE_CHECKING:
    from vidclf.sinks import SinkPicture

logger = get_logger(__name__)

_KEPT_METADATA = (
    "title", "artist", "album", "comment", "description", "copyright", "date", "creation_time",
)  # fmt: skip

_SOUND_STEP_SECONDS = Fraction(1, 4)
"""So far pictures go on before the sound beside them follows: its packets take less time in a row,
and encoded pictures come out later than that."""

_LEAST_REORDERED = 3
"""So many frames must there be for two to change places. With fewer, x265 4.1 gives a decoding time
that it never set, different at every run, and the muxer refuses most of those."""


class VideoSink:
    """A video file that is whole after a clean exit of its context and gone after any other.

    Args:
        path: The file to write, the one `Staging.add` gave; its suffix names the container.
        info: The clip whose size, clock, pixel aspect and colours are kept.
        settings: How pictures are encoded.
        original: The clip whose audio and title go along; None for pictures alone.
        from_zero: Whether the first frame stands at 0, as after a cut, with audio before it
            left out. Else timestamps stay as they are.
        is_live: Whether it is playable while it is written, and stays when that is cut short; it
            has no index, which `vidclf.sinks.remux` makes.

    Raises:
        UsageError: The suffix, or the codec in it, is not one that can be written.
    """

    concession = None
    small_size = None

    def __init__(
        self,
        path: Path,
        *,
        info: VideoInfo,
        settings: EncoderSettings | None = None,
        original: Original | None = None,
        from_zero: bool = False,
        is_live: bool = False,
    ) -> None:
        self._path = path
        self._info = info
        self._container = container_of(path)
        self._encoder = choose_encoder(
            settings or EncoderSettings(), self._container, pixels=info.width * info.height
        )
        self._original = original
        self._from_zero = from_zero
        self._is_live = is_live
        self._color = output_color(info)
        self._converter = YuvConverter(self._color)
        self._stack = ExitStack()
        self._audio: AudioTracks | None = None
        self._sound_due = 0
        self._origin_seconds = Fraction(0)
        self._end_times = EndTimes(info.frame_rate)
        self._last_ticks = -1
        self._end_ticks = 0
        self._frame_count = 0

    @classmethod
    def open(cls, path: Path, given: SinkInput) -> Self:
        """The sink of a run: see `vidclf.sinks.OpenPictureSink`."""
        settings = given.settings
        return cls(
            path,
            info=given.info,
            settings=EncoderSettings(
                codec=settings.codec, crf=settings.crf, preset=settings.preset
            ),
            original=given.original,
            from_zero=settings.start is not None or given.is_live,
            is_live=given.is_live,
        )

    def write(self, frame: Frame, picture: SinkPicture) -> None:
        """Append one picture at the time of `frame`.

        Args:
            frame: Gives the time and the duration.
            picture: (height, width, 3) uint8 RGB, upright, the size that `info` gives; or the same
                as a new `yuv420p` frame of even size, in the clip's own matrix and range.

        Raises:
            OutputError: It cannot be encoded or written: the disk is full, say.
        """
        picture = picture() if callable(picture) else picture
        check_size(picture, self._info)
        self._encode(frame, picture)

    def end_sound(self) -> None:
        """Have the sound end with the last picture, though the original goes on."""
        if self._original is not None:
            self._original = replace(self._original, ends_with_pictures=True)

    def __enter__(self) -> Self:
        try:
            with self._encoding():
                self._open()
        except BaseException:
            self._abort()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is not None:
            self._abort()
            return
        try:
            self._finish()
        except BaseException:
            self._abort()
            raise

    def _open(self) -> None:
        source = self._open_media()
        self._output = av.open(f"file:{self._path.absolute()}", "w", format=self._container.format)
        self._stack.callback(self._output.close)
        self._time_base = video_time_base(self._info.time_base, self._container)
        self._stream = add_video_stream(
            self._output, self._encoder, info=self._info, color=self._color
        )
        self._stream.codec_context.time_base = self._stream.time_base = self._time_base
        if source is not None:
            self._carry_over(source)
        rates = self._audio.sample_rates if self._audio else []
        self._output.container_options.update(
            LIVE_OPTIONS[self._container.format]
            if self._is_live
            else muxer_options(self._container, time_base=self._time_base, sample_rates=rates)
        )
        self._output.start_encoding()
        self._packets = PacketWriter(self._output)

    def _open_media(self) -> av.container.InputContainer | None:
        if self._original is None:
            return None
        try:
            return self._stack.enter_context(self._original.open())
        except (av.FFmpegError, OSError) as exc:
            if self._original.audio:
                logger.warning("%s gives no audio (%s)", self._original.name, exc.strerror or exc)
            return None

    def _carry_over(self, source: av.container.InputContainer) -> None:
        kept = {key: source.metadata[key] for key in _KEPT_METADATA if key in source.metadata}
        self._output.metadata.update(kept)
        if self._original is not None and self._original.audio:
            self._audio = AudioTracks(
                source,
                original=self._original,
                info=self._info,
                output=self._output,
                container=self._container,
            )

    def _encode(self, frame: Frame, picture: Pixels | av.VideoFrame) -> None:
        if not self._frame_count:
            self._begin(frame)
        self._last_ticks = max(self._moments.ticks(frame.pts), self._last_ticks + 1)
        duration = max(1, self._spans.ticks(self._end_times.stands(frame)))
        self._end_ticks = self._last_ticks + duration
        with self._encoding():
            converted = self._converter.convert(picture)
            converted.pts, converted.time_base = self._last_ticks, self._time_base
            converted.duration = duration
            self._packets.expect(self._last_ticks)
            packets = self._stream.encode(converted)
        with self._muxing():
            self._packets.mux(packets)
            self._frame_count += 1
            if self._audio and frame.pts >= self._sound_due:
                self._audio.advance(frame.pts * frame.time_base)
                self._sound_due = frame.pts + round(_SOUND_STEP_SECONDS / frame.time_base)

    def _begin(self, first: Frame) -> None:
        """Fix which moment becomes 0: the first frame, or the clip's own 0 if none is before it."""
        origin = first.pts * first.time_base
        origin = self._origin_seconds = origin if self._from_zero else min(origin, Fraction(0))
        self._moments = TickScale(first.time_base, self._time_base, origin_seconds=origin)
        self._spans = TickScale(first.time_base, self._time_base)
        self._sound_due = first.pts
        if self._audio:
            self._audio.begin(origin, is_cut=self._from_zero)

    def _finish(self) -> None:
        if not self._frame_count:
            raise OutputError(
                f"{shown_path(self._path).name} would have no frame: the clip gave none"
            )
        with self._encoding():
            packets = self._last_packets()
        with self._muxing():
            self._packets.mux(packets)
            self._packets.finish(self._end_ticks)
            if self._audio:
                self._audio.finish(
                    shown_path(self._path),
                    pictures_end_seconds=self._origin_seconds + self._end_ticks * self._time_base,
                    is_cut_there=self._original is not None and self._original.ends_with_pictures,
                )
            self._stack.close()
        if self._is_live:
            return
        check_written(self._path, frame_count=self._frame_count, container=self._container)
        if self._container is MP4:
            with self._muxing():
                align_late_tracks(self._path)

    def _last_packets(self) -> list[VideoPacket]:
        packets = self._stream.encode(None)
        if self._frame_count < _LEAST_REORDERED:
            for packet in packets:
                packet.dts = packet.pts
        return packets

    def _abort(self) -> None:
        with suppress(av.FFmpegError, OSError, ValueError):
            self._stack.close()
        if not self._is_live:
            self._path.unlink(missing_ok=True)

    def _encoding(self) -> AbstractContextManager[None]:
        return explained(
            self._path,
            encoder=self._encoder.name,
            content_remedy="check --codec, --preset and --crf",
            errors=(av.FFmpegError, OSError),
        )

    def _muxing(self) -> AbstractContextManager[None]:
        return explained(
            self._path,
            content_remedy="try another kind of file with -o (.mp4, .webm), or --no-audio",
            errors=(av.FFmpegError, OSError),
        )
