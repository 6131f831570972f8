"""Small pictures: of a clip at given times, within a limit of bytes and of seconds; of stills."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from vidclf.core.frames import Pixels
from vidclf.core.run_warnings import get_logger
from vidclf.errors import VidclfError
from vidclf.files.places import Place
from vidclf.sources.clip_file import clip_file
from vidclf.sources.decoded_picture import DecodedPicture
from vidclf.sources.location import ClipLocation
from vidclf.sources.orientation import Orientation, read_orientation
from vidclf.sources.read_report import SourceReport
from vidclf.sources.video_container import choose_stream, open_container

logger = get_logger(__name__)

WIDTH, HEIGHT = 160, 120
_QUALITY = 62
_ROUND = 48
_FAR_SECONDS = 5.0
"""Beyond this a seek pays where the file has no index of key frames."""


def stills(
    clip: Place, seconds: Sequence[float], *, most_bytes: int, most_seconds: float
) -> dict[int, str]:
    """WebP pictures, base64, of at most 160x120 pixels: place in `seconds` → picture.

    Args:
        clip: a video file.
        seconds: times on its own clock, the most important first.
        most_bytes: of all pictures, as base64.
        most_seconds: how long this may take.
    """
    taken: dict[int, str] = {}
    deadline = time.monotonic() + most_seconds
    try:
        with _Seeker(clip) as seeker:
            for place in _in_rounds(seconds):
                if time.monotonic() > deadline:
                    break
                picture = _encoded(seeker.picture_at(seconds[place]))
                most_bytes -= len(picture)
                if most_bytes < 0:
                    break
                taken[place] = picture
    except (VidclfError, av.FFmpegError, cv2.error) as exc:
        logger.warning("%s: not all thumbnails could be made (%s)", clip, exc)
    return taken


def still_thumbnail(path: Path) -> str:
    """A WebP picture of a still, base64, of at most 160x120 pixels.

    Raises:
        SourceError: it cannot be read.
    """
    from vidclf.sources.still_picture import read_picture  # with imageio

    return _encoded(_fitted(read_picture(path), aspect=1.0))


def _in_rounds(seconds: Sequence[float]) -> Iterator[int]:
    """Places by importance in rounds, and by time within each: seeking forwards is cheap."""
    for first in range(0, len(seconds), _ROUND):
        yield from sorted(
            range(first, min(first + _ROUND, len(seconds))), key=lambda place: seconds[place]
        )


def _encoded(pixels: Pixels) -> str:
    _, data = cv2.imencode(
        ".webp", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, _QUALITY]
    )
    return base64.b64encode(data.tobytes()).decode("ascii")


class _Seeker(AbstractContextManager["_Seeker"]):
    """Gives the frame that is shown at a time, small and upright."""

    def __init__(self, clip: Place) -> None:
        report = SourceReport()
        with ExitStack() as stack:
            file = stack.enter_context(clip_file(ClipLocation.of(clip)))
            self._container = stack.enter_context(open_container(file, report))
            self._stream = choose_stream(self._container, file, report)
            self._stack = stack.pop_all()
        self._stream.thread_type = "AUTO"
        assert self._stream.time_base is not None
        self._tick = float(self._stream.time_base)
        self._keys = np.array(
            sorted(e.timestamp for e in self._stream.index_entries if e.is_keyframe), np.int64
        )
        self._aspect = float(self._stream.sample_aspect_ratio or 1)
        self._orientation: Orientation | None = None
        self._shown: VideoFrame | None = None
        self._next: VideoFrame | None = None
        self._frames = self._container.decode(self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def picture_at(self, seconds: float) -> Pixels:
        """The upright picture shown then, (height, width, 3) uint8 RGB."""
        frame = self._frame_at(round(seconds / self._tick))
        if self._orientation is None:
            self._orientation = read_orientation(frame)
        pixels = DecodedPicture(frame, self._orientation).rgb()
        aspect = 1 / self._aspect if self._orientation.swaps_sides else self._aspect
        return _fitted(pixels, aspect)

    def _frame_at(self, target: int) -> VideoFrame:
        if self._is_behind(target) or self._is_far(target):
            self._container.seek(target, stream=self._stream, backward=True)
            self._frames = self._container.decode(self._stream)
            self._shown = self._next = None
        while self._next is None or self._stamp(self._next) <= target:
            self._shown = self._next or self._shown
            frame = next(self._frames, None)
            if frame is None:
                break
            self._next = frame
        found = self._shown or self._next
        if found is None:
            raise VidclfError(f"no frame at {target * self._tick:.2f} s")
        return found

    def _is_behind(self, target: int) -> bool:
        return self._shown is not None and target < self._stamp(self._shown)

    def _is_far(self, target: int) -> bool:
        now = 0 if self._next is None else self._stamp(self._next)
        if len(self._keys):
            after = np.searchsorted(self._keys, [now, target], side="right")
            return bool(after[1] > after[0])
        return (target - now) * self._tick > _FAR_SECONDS

    def _stamp(self, frame: VideoFrame) -> int:
        return frame.pts if frame.pts is not None else frame.dts or 0


def _fitted(pixels: Pixels, aspect: float) -> Pixels:
    height, width = pixels.shape[:2]
    scale = min(WIDTH / (width * aspect), HEIGHT / height, 1.0)
    size = max(1, round(width * aspect * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
