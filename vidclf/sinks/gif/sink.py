"""A GIF demo: at true speed, in square pixels, looping, and no larger than asked."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import compress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from vidclf.core.end_times import EndTimes
from vidclf.core.ffmpeg import swscale_matrix
from vidclf.core.frames import Frame, Pixels, VideoInfo
from vidclf.errors import OutputError, UsageError
from vidclf.files.temporary_names import shown_path
from vidclf.files.write_errors import explained
from vidclf.sinks import SinkInput
from vidclf.sinks.encoded_color import check_size, output_color, range_number
from vidclf.sinks.gif.frame_store import PictureStore
from vidclf.sinks.gif.palette import GifLook, encode_gif
from vidclf.sinks.gif.size_limit import write_fitting
from vidclf.sinks.gif.timing import TickChooser, delays_cs

if TYPE_CHECKING:
    from vidclf.sinks import SinkPicture

_MOST_FPS = 50.0
_SCALING = Interpolation.AREA | Interpolation.ACCURATE_RND


@dataclass(frozen=True, slots=True, kw_only=True)
class GifSettings:
    """How large and how smooth a GIF is."""

    width: int = 480
    """Pixels across at most; a smaller clip is not enlarged."""
    fps: float | Fraction = 12.0
    """Frames per second at most, up to 50; a slower clip keeps its own pace."""
    max_mb: float | None = None
    """Megabytes (10^6 bytes) at most; None for no limit."""

    def __post_init__(self) -> None:
        if self.width < 1 or not 0 < self.fps <= _MOST_FPS:
            raise UsageError(
                f"a GIF of width {self.width} at {float(self.fps):g} frames per second cannot be "
                f"made: the width is at least 1, and browsers show at most {_MOST_FPS:g} pictures "
                f"a second"
            )
        if self.max_mb is not None and not self.max_mb > 0:
            raise UsageError(f"a GIF of {self.max_mb} MB cannot be made: give more than 0")


class GifSink:
    """A GIF that is whole after a clean exit of its context and gone after any other.

    Each picture shown begins at its own frame's time and stands until the next one's. The scaled
    pictures wait in a nameless file beside the output, so memory does not grow with length.

    Args:
        path: The file to write, the one `Staging.add` gave.
        info: The clip's size and pixel aspect.
        settings: How large and how smooth it is.
    """

    def __init__(self, path: Path, *, info: VideoInfo, settings: GifSettings | None = None) -> None:
        self._path = path
        self._info = info
        self._settings = settings or GifSettings()
        self._color = output_color(info)
        width, height = square_pixel_size(info, self._settings.width)
        fps = Fraction(str(self._settings.fps))
        self._look = GifLook(width=width, height=height, fps=fps)
        self._chooser = TickChooser(fps)
        self._scaler = VideoReformatter()
        self._stack = ExitStack()
        self._end_times = EndTimes(info.frame_rate)
        self._end_seconds = Fraction(0)
        self._waiting: tuple[Frame, SinkPicture] | None = None
        self._last_stored: Pixels | None = None
        self._starts_seconds: list[Fraction] = []
        self.concession: str | None = None

    @classmethod
    def open(cls, path: Path, given: SinkInput) -> Self:
        """The sink of a run: see `vidclf.sinks.OpenPictureSink`."""
        settings = given.settings
        gif = GifSettings(
            width=settings.gif_width, fps=Fraction(settings.gif_fps), max_mb=settings.gif_max_mb
        )
        return cls(path, info=given.info, settings=gif)

    @property
    def small_size(self) -> tuple[int, int] | None:
        """(width, height) of the GIF; None where that is the clip's own, in square pixels."""
        size = self._look.width, self._look.height
        own = self._info.width, self._info.height
        return None if size == own and self._info.pixel_aspect == 1 else size

    def write(self, frame: Frame, picture: SinkPicture) -> None:
        """Take one picture at the time of `frame`.

        Args:
            frame: Gives the time and the duration.
            picture: As for `VideoSink.write`; it is read again at the next call and must not
                change until then.

        Raises:
            OutputError: The disk is full.
        """
        if not callable(picture):
            check_size(picture, self._info)
        with self._explained():
            self._settle(frame.pts * frame.time_base)
        self._waiting = (frame, picture)
        self._end_seconds = self._end_times.end_seconds(frame)

    def end_sound(self) -> None:
        """Do nothing: a GIF has no sound."""

    def __enter__(self) -> Self:
        store = PictureStore(self._path.parent, width=self._look.width, height=self._look.height)
        with self._explained():
            self._store = self._stack.enter_context(store)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        is_whole = False
        try:
            if exc_type is None:
                self._finish()
                is_whole = True
        finally:
            with suppress(av.FFmpegError, OSError):
                self._stack.close()
            if not is_whole:
                self._path.unlink(missing_ok=True)

    def _settle(self, until_seconds: Fraction) -> None:
        """Keep the waiting picture if a tick falls in its time and it is not the last one again."""
        if self._waiting is None:
            return
        frame, picture = self._waiting
        start_seconds = frame.pts * frame.time_base
        if self._chooser.shows(start_seconds, until_seconds):
            self._keep(start_seconds, picture)

    def _keep(self, start_seconds: Fraction, picture: SinkPicture) -> None:
        scaled = self._scaled(picture() if callable(picture) else picture)
        seen = cast(Pixels, scaled.to_ndarray())
        if self._last_stored is not None and np.array_equal(seen, self._last_stored):
            return
        self._store.add(scaled)
        self._last_stored = seen
        self._starts_seconds.append(start_seconds)

    def _scaled(self, picture: Pixels | av.VideoFrame) -> av.VideoFrame:
        if isinstance(picture, av.VideoFrame):
            from_yuv = {
                "src_colorspace": swscale_matrix(self._color.matrix),
                "src_color_range": range_number(full_range=self._color.full_range),
            }
        else:
            picture = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(picture), format="rgb24")
            from_yuv = {}
        return self._scaler.reformat(
            picture,
            width=self._look.width,
            height=self._look.height,
            format="bgra",
            interpolation=_SCALING,
            **from_yuv,
        )

    def _finish(self) -> None:
        if self._waiting is None:
            raise OutputError(
                f"{shown_path(self._path).name} would have no picture: the clip gave no frame"
            )
        with self._explained():
            self._settle(self._end_seconds)
            self._store.seal()
            limit_bytes = self._settings.max_mb and self._settings.max_mb * 1e6
            self.concession = write_fitting(
                self._path, self._encode, look=self._look, limit_bytes=limit_bytes
            )

    def _encode(self, look: GifLook) -> int:
        starts = self._starts_seconds
        chooser = TickChooser(look.fps)
        is_shown = [
            chooser.shows(start, end)
            for start, end in zip(starts, [*starts[1:], self._end_seconds], strict=True)
        ]
        return encode_gif(
            self._path,
            lambda width, height: compress(self._store.read(width, height), is_shown),
            delays_cs=delays_cs(list(compress(starts, is_shown)), self._end_seconds),
            look=look,
        )

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._path, errors=(av.FFmpegError, OSError))


def square_pixel_size(info: VideoInfo, most_width: int) -> tuple[int, int]:
    """Width and height of the clip's shape in square pixels, no side larger than the clip's own."""
    aspect = Fraction(info.width, info.height) * info.pixel_aspect
    width = min(Fraction(most_width), Fraction(info.width), info.height * aspect)
    return max(1, round(width)), max(1, round(width / aspect))
