"""Network streams: RTSP, RTMP, RTP, UDP and HLS, decoded by PyAV."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import cast

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidclf.core.frames import Picture, VideoInfo
from vidclf.errors import NoFramesError
from vidclf.settings import LiveSettings
from vidclf.sources.conform import conformed
from vidclf.sources.decoded_picture import DecodedPicture
from vidclf.sources.decoding import Decoder
from vidclf.sources.header import describe, tells_time
from vidclf.sources.live.connection import Connection, Grabbed
from vidclf.sources.live.opening import open_stream, words_of
from vidclf.sources.live.source import LiveSource
from vidclf.sources.location import ClipLocation
from vidclf.sources.orientation import Orientation, read_orientation
from vidclf.sources.read_report import SourceReport
from vidclf.sources.reorder import in_order
from vidclf.sources.video_container import choose_video

_MOST_WITHOUT_KEY = 600
"""A stream that has no key frame for so many packets is refreshed bit by bit, and never will."""
_LONGEST_NAP_SECONDS = 0.5
_END_SECONDS = 2.0
"""A stream of a known length that breaks off so near its end has ended."""


class StreamSource(LiveSource):
    """A network stream; sound is left out."""

    def __init__(self, location: ClipLocation, *, settings: LiveSettings) -> None:
        self._orientation: Orientation | None = None
        self._is_playlist = location.text.lower().startswith("http")
        self.keeps_time = self._is_playlist
        super().__init__(location, settings=settings)
        if self.info.has_audio:
            self.report.note("the stream has sound, which is left out")

    def _connect(self) -> Connection:
        return StreamConnection(
            self.path,
            open_stream(self.location),
            report=self.report,
            is_joined=not self._is_playlist,
            is_paced=self._is_playlist,
        )

    def _shown(self, grabbed: Grabbed) -> Picture:
        picture = grabbed.picture
        assert isinstance(picture, DecodedPicture)
        if self._orientation is None:
            self._orientation = picture.orientation
        native = conformed(
            picture.native, info=self.info, orientation=self._orientation, report=self.report
        )
        return DecodedPicture(native, self._orientation)


class StreamConnection:
    """What FFmpeg reads as it comes; the first frame is decoded on opening.

    Args:
        path: what it is called.
        container: it, open; it is closed here, also where this fails.
        report: counts packets.
        is_joined: whether it was on its way before, and packets up to a key frame are of no use.
        is_paced: whether its sender gives it in pieces, ahead of time, and its frames are to come
            when they would be shown.
        is_live: whether nobody knows when it ends; else having no more packets is the end.

    Raises:
        SourceError: it has no video, or none that decodes.
    """

    def __init__(
        self,
        path: str,
        container: InputContainer,
        *,
        report: SourceReport,
        is_joined: bool,
        is_paced: bool = False,
        is_live: bool = True,
    ) -> None:
        self._path, self._report = path, report
        self._waits_for_key, self._is_live = is_joined, is_live
        self._pace = _Pace() if is_paced else None
        self._refuses: Callable[[], bool] = _never
        self._reached = 0.0
        with ExitStack() as stack:
            stack.enter_context(closing(container))
            self._stream: VideoStream | None = choose_video(
                container, path, report, undecodable=lambda: _undecodable(path)
            )
            self._has_clock = tells_time(self._stream)
            self._can_skip = self._stream.codec_context.codec.intra_only
            self._is_avi = container.format.name == "avi"
            self._cause: Exception | None = None
            decoder = Decoder(
                self._stream, report=report, reopen=lambda: _fresh_decoder(self._stream)
            )
            self._decoded = stack.enter_context(closing(decoder.frames(self._wanted(container))))
            first = self._decode_first()
            self.info = self._described(container, first)
            self._end_seconds = _end_of(container)
            self._first, self._orientation = first, read_orientation(first)
            self._stack = stack.pop_all()

    @property
    def has_ended(self) -> bool:
        """Whether it is at its end: where its length is told, not long before."""
        if not self._is_live:
            return True
        return self._end_seconds is not None and self._reached >= self._end_seconds - _END_SECONDS

    @property
    def ended_by(self) -> str:
        """Why there are no more frames, in a few words."""
        return "" if self._cause is None else words_of(self._cause)

    def frames(self, refuses: Callable[[], bool]) -> Iterator[Grabbed]:
        """Frames as they come; see `Connection`."""
        self._refuses = refuses
        decoded = chain([self._first], self._decoded)
        ordered = in_order(decoded, pts_of=self._own_pts, is_mixed=self._mixes_stamps)
        for native, pts in ordered:
            grabbed = self._grabbed(native, pts)
            if self._pace:
                self._pace.wait(grabbed.seconds)
                grabbed = replace(grabbed, arrival=time.monotonic())
            self._report.frames_corrupt += native.is_corrupt
            self._reached = max(self._reached, float(grabbed.seconds or 0))
            yield grabbed

    def close(self) -> None:
        """Free the container and the decoder's threads."""
        self._stream = None
        self._stack.close()

    def _grabbed(self, native: VideoFrame, pts: int | None) -> Grabbed:
        duration = native.duration if self._has_clock else 0
        return Grabbed(
            picture=DecodedPicture(native, self._orientation),
            seconds=None if pts is None else pts * self.info.time_base,
            duration=Fraction(duration or 0) * self.info.time_base,
            arrival=time.monotonic(),
        )

    def _own_pts(self, native: VideoFrame) -> int | None:
        return native.pts if self._has_clock else None

    def _mixes_stamps(self) -> bool:
        stream = self._stream
        return self._is_avi and stream is not None and stream.codec_context.has_b_frames

    def _packets(self, container: InputContainer) -> Iterator[Packet[VideoStream]]:
        """The stream's packets, up to the end or an error, which is kept."""
        index = self._stream.index if self._stream else None
        try:
            for packet in container.demux():
                if packet.size and packet.stream_index == index:
                    yield cast("Packet[VideoStream]", packet)
        except (av.FFmpegError, IndexError) as exc:  # PyAV's, if a stream appeared on the way
            self._cause = exc

    def _wanted(self, container: InputContainer) -> Iterator[Packet[VideoStream]]:
        """The packets that are decoded."""
        for count, packet in enumerate(self._packets(container)):
            if self._waits_for_key and not packet.is_keyframe and count < _MOST_WITHOUT_KEY:
                continue
            self._waits_for_key = False
            if not (self._can_skip and self._refuses()):
                yield packet

    def _decode_first(self) -> VideoFrame:
        first = next(self._decoded, None)
        if first is None:
            raise NoFramesError(
                f"{self._path}: {self._report.packets_read} packets came, and none decodes to a "
                "frame; see that the sender sends video"
            )
        return first

    def _described(self, container: InputContainer, first: VideoFrame) -> VideoInfo:
        assert self._stream is not None
        info = describe(self._path, container, self._stream, first)
        own = self._own_pts(first)
        start = 0.0 if own is None else float(own * info.time_base)
        info = replace(info, frame_count=None, duration_seconds=None)
        return replace(info, start_seconds=start) if self._is_live else info


def _end_of(container: InputContainer) -> float | None:
    """When it ends on its own clock, in seconds; None where it does not tell."""
    if not container.duration or container.duration < 0:
        return None
    return ((container.start_time or 0) + container.duration) / 1e6


class _Pace:
    """Has frames come when a player would show them."""

    def __init__(self) -> None:
        self._ahead: float | None = None

    def wait(self, seconds: Fraction | None) -> None:
        """Wait until a frame of this time is due; one that is late moves all that come."""
        if seconds is None:
            return
        now = time.monotonic()
        if self._ahead is None:
            self._ahead = float(seconds) - now
        early = float(seconds) - now - self._ahead
        if early <= 0:
            self._ahead += early
        else:
            time.sleep(min(early, _LONGEST_NAP_SECONDS))


@contextmanager
def _fresh_decoder(stream: VideoStream | None) -> Iterator[VideoCodecContext]:
    """A decoder for the same stream, which cannot be opened again."""
    if stream is None:
        raise OSError("the stream is closed")
    used = stream.codec_context
    fresh = CodecContext.create(used.codec.name, "r")
    assert isinstance(fresh, VideoCodecContext)
    fresh.extradata = used.extradata
    fresh.width, fresh.height = used.width, used.height
    yield fresh


def _undecodable(path: str) -> str:
    return f"{path}: its video is in a codec that this FFmpeg cannot decode; send H.264"


def _never() -> bool:
    return False
