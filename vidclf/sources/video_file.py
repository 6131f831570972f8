"""Video files, decoded by PyAV."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache, partial
from itertools import chain

from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidclf.core.frames import Frame
from vidclf.errors import NoFramesError
from vidclf.sources.base import BaseSource
from vidclf.sources.clip_file import clip_file
from vidclf.sources.conform import conformed
from vidclf.sources.decoded_picture import DecodedPicture
from vidclf.sources.decoding import Decoder
from vidclf.sources.early_end import claimed_length, early_end
from vidclf.sources.end_marks import file_end
from vidclf.sources.header import describe, note_oddities, tells_time
from vidclf.sources.location import ClipLocation
from vidclf.sources.orientation import read_orientation
from vidclf.sources.packets import PacketReader
from vidclf.sources.reorder import MOST_HELD, LookAhead, in_order
from vidclf.sources.timestamps import Clock
from vidclf.sources.video_container import (
    check_claimed_size,
    choose_stream,
    missing_packets,
    open_container,
)


class VideoSource(BaseSource):
    """The frames of a video file: each decoded one once, in presentation order, at its own time.

    The first frame is decoded on opening, so that `info` tells what is there and not what the
    header claims.

    Raises:
        SourceError: the file cannot be read as a video.
        NoFramesError: it opened, but not one frame decodes.
    """

    def __init__(self, location: ClipLocation) -> None:
        super().__init__(location)
        with ExitStack() as stack:
            self._file = file = stack.enter_context(clip_file(location))
            container = stack.enter_context(self._open())
            self.reopen = file.open_again
            self._file_size = cache(file.size_bytes)
            self._file_end = cache(partial(file_end, file, container.format.name))
            if not file.is_stream:  # of which no size is known before its end
                self._file_size()
                self._file_end()
            stream = choose_stream(container, file, self.report)
            self._index = stream.index
            formats = container.format.name.split(",")
            self._is_avi, self._is_mp4 = "avi" in formats, "mp4" in formats
            self._has_clock = tells_time(stream)
            self._packets = PacketReader(container, stream, self.report, file.check)
            self._decoded = stack.enter_context(closing(self._decode(stream)))
            self._first = self._decode_first(stream)
            self.info = describe(self.path, container, stream, self._first)
            self._claim = None
            if self._has_clock:
                self._claim = claimed_length(self.info, file, container, stream)
            note_oddities(self.report, container, self.info)
            self._stack = stack.pop_all()
        self._orientation = read_orientation(self._first)
        self._stream: VideoStream | None = stream

    def _open(self) -> InputContainer:
        return open_container(self._file, self.report)

    def digest(self) -> str | None:
        """See `BaseSource`."""
        return self._file.digest()

    def check(self) -> None:
        """See `BaseSource`."""
        self._file.check(self.report)

    def _free(self) -> None:
        """Free the file and the decoder's threads."""
        self._stream = None
        self._stack.close()

    def _frames(self) -> Iterator[Frame]:
        decoded = chain([self._first], self._decoded)
        ordered = LookAhead(in_order(decoded, pts_of=self._own_pts, is_mixed=self._mixes_stamps))
        clock = self._clock()
        if self._has_clock:
            clock.count_back((pts, native.duration) for native, pts in ordered.ahead(MOST_HELD))

        def following() -> int | None:
            ahead = ordered.peek()
            return None if ahead is None else ahead[1]

        for native, pts in ordered:
            repaired_before = clock.repaired
            claimed = native.duration if self._has_clock else None
            ticks = clock.stamp(pts, claimed, following)
            is_repaired = pts != native.pts or clock.repaired > repaired_before
            self.report.timestamps_repaired += is_repaired
            self.report.frames_corrupt += native.is_corrupt
            yield self._frame(native, ticks=ticks, duration=clock.duration(claimed))
        self._finish(clock)

    def _own_pts(self, native: VideoFrame) -> int | None:
        return native.pts if self._has_clock else None

    def _mixes_stamps(self) -> bool:
        """Whether stamps stand in decoding order: AVI has no others, nor an MP4 copied from one."""
        stream = self._stream
        is_possible = self._is_avi or (self._is_mp4 and not self._packets.tells_order)
        return is_possible and stream is not None and stream.codec_context.has_b_frames

    def _frame(self, native: VideoFrame, *, ticks: int, duration: int) -> Frame:
        conforming = conformed(
            native, info=self.info, orientation=self._orientation, report=self.report
        )
        return Frame(
            index=self.report.frames_decoded,
            pts=ticks,
            time_base=self.info.time_base,
            duration=duration,
            picture=DecodedPicture(conforming, self._orientation),
        )

    def _clock(self) -> Clock:
        return Clock(
            time_base=self.info.time_base,
            frame_rate=self.info.frame_rate,
            start=round(self.info.start_seconds / self.info.time_base),
        )

    def _finish(self, clock: Clock) -> None:
        if clock.restarts:
            self.report.note(f"the clip's clock started anew {clock.restarts} times")
        if self._stream is not None:
            absent = missing_packets(
                self._stream,
                file_size=self._file_size(),
                packets_read=self.report.packets_read,
            )
            if absent:
                self.report.packets_lost += absent
                self.report.note(f"the file is cut short: {absent} packets of its index are absent")
                return
        claim, packets = self._claim, self._packets
        is_own = claim is not None and claim.is_of_stream
        reached = packets.stream_end_seconds if is_own else packets.end_seconds
        self.report.early_end = early_end(
            self.info,
            claim=claim,
            end_seconds=max(self.report.end_seconds, reached),
            error=packets.error,
        )
        end = self._file_end()
        if end and not self.report.early_end and packets.read_bytes < end.least_bytes:
            self.report.early_end = end.shortfall

    def _decode(self, stream: VideoStream) -> Generator[VideoFrame, None, None]:
        decoder = Decoder(stream, report=self.report, reopen=self._fresh_decoder)
        return decoder.frames(self._packets)

    def _decode_first(self, stream: VideoStream) -> VideoFrame:
        size = stream.codec_context.width, stream.codec_context.height
        first = next(self._decoded, None)
        if first is None:
            check_claimed_size(self._file, *size)
            raise NoFramesError(
                f"{self.path}: not one of its {self.report.packets_read} packets decodes to a "
                f"frame; the file is damaged, copy it again"
            )
        return first

    @contextmanager
    def _fresh_decoder(self) -> Iterator[VideoCodecContext]:
        with self._file.open_again() as container:
            stream = container.streams[self._index]
            assert isinstance(stream, VideoStream)
            yield stream.codec_context
