"""Where results go: MP4 and WebM, GIF, the table, the manifest."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from vidclf.core.frames import Frame, Pixels

if TYPE_CHECKING:
    import av


class PictureSink(Protocol):
    """A file of pictures: whole after a clean exit of its context, gone after any other."""

    def write(self, frame: Frame, picture: Pixels | av.VideoFrame) -> None:
        """Append one picture at the time of `frame`.

        Args:
            frame: Gives the time and the duration.
            picture: (height, width, 3) uint8 RGB, upright, the clip's size; or the same as a new
                `yuv420p` frame of even size, in the clip's own matrix and range.

        Raises:
            OutputError: It cannot be encoded or written.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
