"""Standard input: a clip, or a stream of another program, in any container FFmpeg knows."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from fractions import Fraction

import av
from av.container import InputContainer

from vidclf.core.ffmpeg import FORMATS
from vidclf.errors import NoFramesError, SourceError
from vidclf.settings import LiveMode, LiveSettings
from vidclf.sources.live.clock import SourceClock
from vidclf.sources.live.connection import Connection
from vidclf.sources.live.stream import StreamConnection, StreamSource
from vidclf.sources.location import ClipLocation
from vidclf.sources.picture_size import MOST_MOVING_PIXELS
from vidclf.sources.timestamps import Clock

_LOOK_SECONDS = 0.1
_NO_FILE = "is empty: pipe a clip into it, as in: ffmpeg -i … -f matroska - | vidclf annotate -"


class StandardInputSource(StreamSource):
    """What is piped into this program; its sender waits while frames are computed."""

    usual_mode: LiveMode = "all"
    can_wait = True

    def __init__(self, location: ClipLocation, *, settings: LiveSettings) -> None:
        if sys.stdin is None or sys.stdin.isatty():
            raise SourceError(
                "-: standard input is a terminal, where a clip is wanted; pipe one into it, as in: "
                "cat clip.ts | vidclf annotate -"
            )
        super().__init__(location, settings=settings)

    def _connect(self) -> Connection:
        descriptor = sys.stdin.fileno()
        kind = Pipe if not _is_seekable(descriptor) else PipedFile
        pipe = kind(descriptor, is_stopped=lambda: self._stopped)
        try:
            return StreamConnection(
                self.path, _open(pipe), report=self.report, is_joined=False, is_live=False
            )
        except NoFramesError:  # FFmpeg finds an index behind the pictures when these have passed
            raise SourceError(_why_not(pipe.start)) from None

    def _new_clock(self) -> SourceClock:
        return FileClock(
            Clock(
                time_base=self.info.time_base,
                frame_rate=self.info.frame_rate,
                start=round(self.info.start_seconds / self.info.time_base),
            )
        )


class Pipe:
    """A descriptor as FFmpeg reads it: forwards, and to its end or until that is asked for."""

    def __init__(self, descriptor: int, *, is_stopped: Callable[[], bool]) -> None:
        self.start = b""
        """The first bytes, which tell what it is."""
        self._descriptor = descriptor
        self._is_stopped = is_stopped

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._is_stopped():
            ready, _, _ = select.select([self._descriptor], [], [], _LOOK_SECONDS)
            if ready:
                data = os.read(self._descriptor, size)
                if len(self.start) < 16:
                    self.start += data[:16]
                return data
        return b""


class PipedFile(Pipe):
    """A file in place of a pipe (`< clip.mp4`), in which one can go back."""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, and say where that is."""
        return os.lseek(self._descriptor, offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return os.lseek(self._descriptor, 0, os.SEEK_CUR)


class FileClock:
    """The time of a clip that is piped: its own, repaired as that of a file; arrival says nothing.

    Args:
        clock: repairs it.
    """

    restarts = 0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def repaired(self) -> int:
        """How many frames got another time than their own."""
        return self._clock.repaired

    def connected_anew(self) -> None:
        """There is one connection only."""

    def has_passed(self, own: Fraction | None) -> bool:
        """Whether a frame came before: never."""
        return False

    def stamp(self, own: Fraction | None, duration: Fraction, arrival: float) -> Fraction:
        """The time of the next frame in seconds."""
        base = self._clock.time_base
        pts = None if own is None else round(own / base)
        return self._clock.stamp(pts, round(duration / base) or None) * base


def _is_seekable(descriptor: int) -> bool:
    try:
        os.lseek(descriptor, 0, os.SEEK_CUR)
    except OSError:
        return False
    return True


def _open(pipe: Pipe) -> InputContainer:
    try:
        return av.open(
            pipe,
            "r",
            options={"format_whitelist": FORMATS, "max_pixels": str(MOST_MOVING_PIXELS)},
            metadata_errors="replace",
        )
    except (av.FFmpegError, OSError):
        raise SourceError(_why_not(pipe.start)) from None


def _why_not(start: bytes) -> str:
    if not start:
        return f"-: standard input {_NO_FILE}"
    if start[4:8] == b"ftyp":
        return (
            "-: this MP4 has its index at its end, and a pipe is read forwards only: name the "
            "file itself, or pipe it in another container: "
            "ffmpeg -i clip.mp4 -c copy -f matroska - | vidclf annotate -"
        )
    return (
        "-: what is piped in is no video that FFmpeg knows, or its beginning is missing; "
        "Matroska and MPEG-TS can be piped"
    )
