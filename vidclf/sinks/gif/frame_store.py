"""Pictures put aside on disk, lossless, to be read as often as needed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import av
from av.video.reformatter import Interpolation, VideoReformatter

_SCALING = Interpolation.AREA | Interpolation.ACCURATE_RND
_TICK = Fraction(1, 25)
"""Pictures are only counted here; their true times stay with the sink."""


class PictureStore:
    """An FFV1 file without a name: it is gone when closed, even if the process is killed.

    Args:
        folder: Where there is room, such as beside the output.
        width: Pixels across.
        height: Pixels down.
    """

    def __init__(self, folder: Path, *, width: int, height: int) -> None:
        self._folder = folder
        self._width = width
        self._height = height
        self._stack = ExitStack()

    def add(self, picture: av.VideoFrame) -> None:
        """Append a `bgra` picture of the store's size."""
        picture.pts, picture.time_base = self._count, _TICK
        self._count += 1
        self._output.mux(self._stream.encode(picture))

    def seal(self) -> None:
        """End writing; from now on it can be read."""
        self._output.mux(self._stream.encode(None))
        self._output.close()

    def read(self, width: int, height: int) -> Iterator[av.VideoFrame]:
        """All pictures in order, as `bgra` of the given size; one reading at a time."""
        scaler = VideoReformatter()
        self._file.seek(0)
        with av.open(self._file, "r", format="matroska") as stored:
            for frame in stored.decode(video=0):
                yield scaler.reformat(
                    frame, width=width, height=height, format="bgra", interpolation=_SCALING
                )

    def __enter__(self) -> Self:
        self._file: IO[bytes] = self._stack.enter_context(
            tempfile.TemporaryFile(dir=self._folder, prefix=".vidclf-")
        )
        self._output = self._stack.enter_context(av.open(self._file, "w", format="matroska"))
        self._stream = self._output.add_stream("ffv1", rate=25)
        self._stream.width, self._stream.height = self._width, self._height
        self._stream.pix_fmt, self._stream.codec_context.time_base = "bgra", _TICK
        self._count = 0
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()
