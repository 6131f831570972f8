"""Cameras of this machine, by OpenCV."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from vidclf.core.ffmpeg import swscale_matrix, usual_matrix
from vidclf.core.frames import ColorInfo, Pixels, VideoInfo
from vidclf.errors import SourceError
from vidclf.settings import LiveSettings
from vidclf.sources.live.connection import Connection, Grabbed
from vidclf.sources.live.source import LiveSource

_TICK = Fraction(1, 90_000)
_USUAL_RATE = Fraction(30)
_HIGHEST_RATE = 1000
_MOST_LOOKED_AT = 64


class CameraSource(LiveSource):
    """A camera; a frame's time is when it came, and the first one's is 0."""

    def _connect(self) -> Connection:
        number = int(self.location.text.partition(":")[2])
        if not _is_there(number):
            raise SourceError(f"{self.path}: there is no such camera; {_cameras_told()}")
        return CameraConnection(self.path, number, settings=self._settings)


class CameraConnection:
    """What OpenCV captures; the first frame is there on opening.

    Args:
        path: what it is called.
        device: a camera's number; a file's path is read in the same way.
        settings: what the camera is asked for.

    Raises:
        SourceError: it does not open, or gives no picture.
    """

    has_ended = False
    ended_by = "it gives no more pictures"

    def __init__(self, path: str, device: int | str, *, settings: LiveSettings) -> None:
        self._capture = cv2.VideoCapture()
        self._capture.setExceptionMode(False)
        if not self._capture.open(device):
            raise SourceError(
                f"{path}: the camera does not open; another program may be using it, or you may "
                "have no permission to (on Linux be in the group video)"
            )
        self._ask(settings)
        is_there, pixels = self._capture.read()
        if not is_there:
            self.close()
            raise SourceError(f"{path}: the camera gives no picture; plug it in again")
        self._first = Grabbed(picture=_picture(pixels), seconds=None, arrival=time.monotonic())
        self.info = _described(path, pixels, rate=self._capture.get(cv2.CAP_PROP_FPS))

    def frames(self, refuses: Callable[[], bool]) -> Iterator[Grabbed]:
        """Frames as they come; see `Connection`."""
        yield self._first
        while self._capture.grab():
            arrival = time.monotonic()
            if refuses():
                continue
            is_there, pixels = self._capture.retrieve()
            if not is_there:
                return
            yield Grabbed(picture=_picture(pixels), seconds=None, arrival=arrival)

    def close(self) -> None:
        """Let the camera go."""
        self._capture.release()

    def _ask(self, settings: LiveSettings) -> None:
        """Ask for a size and a rate; what comes may be another one, and is told by the frames."""
        if settings.camera_size is not None:
            height, width = settings.camera_size
            self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        if settings.camera_fps is not None:
            self._capture.set(cv2.CAP_PROP_FPS, settings.camera_fps)


class CameraPicture:
    """A picture as OpenCV gives it: blue first.

    Args:
        pixels: (height, width, 3) uint8 BGR.
    """

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels

    @property
    def held_bytes(self) -> int:
        """How much memory it holds."""
        return self._pixels.nbytes

    def rgb(self) -> Pixels:
        """The picture as (height, width, 3) uint8 RGB, newly made, free to be drawn on."""
        return np.asarray(cv2.cvtColor(self._pixels, cv2.COLOR_BGR2RGB), np.uint8)

    def plain_rgb(self) -> Pixels:
        """The same."""
        return self.rgb()

    def yuv420(self) -> av.VideoFrame | None:
        """The picture as a new 8-bit 4:2:0 frame; None where its size is odd."""
        height, width = self._pixels.shape[:2]
        if height % 2 or width % 2:
            return None
        matrix = swscale_matrix(usual_matrix(width=width, height=height))
        frame = av.VideoFrame.from_ndarray(self._pixels, format="bgr24")
        return frame.reformat(format="yuv420p", dst_colorspace=matrix, threads=1)

    def own_yuv420(self) -> av.VideoFrame | None:
        """The same: it is newly made."""
        return self.yuv420()


def _picture(pixels: np.ndarray) -> CameraPicture:
    """A picture of what OpenCV gave: grey cameras have two dimensions."""
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    return CameraPicture(np.asarray(pixels, np.uint8))


def _described(path: str, pixels: np.ndarray, *, rate: float) -> VideoInfo:
    height, width = pixels.shape[:2]
    is_rate = 0 < rate <= _HIGHEST_RATE
    return VideoInfo(
        path=path,
        width=width,
        height=height,
        time_base=_TICK,
        frame_rate=Fraction(rate).limit_denominator(1001) if is_rate else _USUAL_RATE,
        color=ColorInfo(matrix=usual_matrix(width=width, height=height), full_range=False),
        codec="rawvideo",
        pixel_format="yuv420p",
    )


def _is_there(number: int) -> bool:
    """Whether the system has such a camera, as far as that can be told without opening it."""
    return os.name != "posix" or not Path("/sys").is_dir() or Path(f"/dev/video{number}").exists()


def _cameras_told() -> str:
    """The cameras that there are, as a user names them."""
    numbers = []
    with suppress(OSError):
        numbers = [n for n in range(_MOST_LOOKED_AT) if Path(f"/dev/video{n}").exists()]
    if not numbers:
        return "this machine has none, or they may not be seen from here"
    return f"there are {', '.join(f'camera:{number}' for number in numbers)}"
