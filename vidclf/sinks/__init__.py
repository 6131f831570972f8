"""Where annotated pictures go: one line of a table and one class for each kind of file.

A new kind is a class in a module of its own beside these, a line in `PICTURE_SINKS`, and one in
tests/sinks/test_contract.py. It is made where `-o` names a file of its suffix; with a switch of its
name in `Settings`, beside others, too. Modules are imported when a sink is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from vidclf.files.names import ANNOTATED_GIF, ANNOTATED_STILL, ANNOTATED_VIDEO
from vidclf.files.output_kinds import OutputKind

if TYPE_CHECKING:
    from collections.abc import Callable

    import av

    from vidclf.core.frames import Frame, Pixels, VideoInfo
    from vidclf.settings import Settings
    from vidclf.sinks.audio.tracks import Original

    SinkPicture = Pixels | av.VideoFrame | Callable[[], Pixels]


class PictureSink(Protocol):
    """A file of pictures: whole after a clean exit of its context, gone after any other."""

    @property
    def concession(self) -> str | None:
        """What the file gave up to keep a limit of size, in a few words; known when it is whole."""
        ...

    @property
    def small_size(self) -> tuple[int, int] | None:
        """(width, height) of its own pictures where they are smaller than the clip's.

        They may then be drawn at this size, in square pixels, only where they are wanted: `write`
        takes what draws one, too. None for pictures of the clip's size.
        """
        ...

    def write(self, frame: Frame, picture: SinkPicture) -> None:
        """Append one picture at the time of `frame`.

        Args:
            frame: Gives the time and the duration.
            picture: (height, width, 3) uint8 RGB, upright, the clip's size; or the same as a new
                `yuv420p` frame of even size, in the clip's own matrix and range. It is not changed
                before the next call. Or what makes it when it is called, as RGB; of `small_size`
                if there is one.

        Raises:
            OutputError: It cannot be encoded or written.
        """
        ...

    def end_sound(self) -> None:
        """Have the sound end with the last picture, though the clip goes on."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkInput:
    """What is known when a sink is opened; each takes what it needs."""

    info: VideoInfo
    """The clip, in the size that its pictures have."""
    settings: Settings
    """How they are encoded."""
    original: Original | None = None
    """The clip whose sound and title go along; None for pictures alone."""
    is_live: bool = False
    """Whether the file must be playable at any moment, as nobody knows when its writing ends, and
    is kept whatever ends it."""


class OpenPictureSink(Protocol):
    """A member of the table: the function behind its `opener`."""

    def __call__(self, path: Path, given: SinkInput, /) -> PictureSink:
        """A sink for a file, the one `Staging.add` gave, that is not written before it is entered.

        Raises:
            UsageError: The settings cannot be right for such a file.
        """
        ...


PICTURE_SINKS = {
    "video": OutputKind(
        ending=ANNOTATED_VIDEO, suffixes=(".mp4", ".webm"), opener="video:VideoSink.open"
    ),
    "gif": OutputKind(ending=ANNOTATED_GIF, suffixes=(".gif",), opener="gif.sink:GifSink.open"),
    "still": OutputKind(
        ending=ANNOTATED_STILL, suffixes=(".jpg", ".jpeg", ".png"), opener="still:StillSink.open"
    ),
}
"""Kind → what makes such files; a kind is called as the switch of `Settings` that asks for it.

`still` has no switch: it stands in for `video` where the clip is one."""


def open_picture_sink(kind: str, path: Path, given: SinkInput) -> PictureSink:
    """A sink of one of the kinds; see `OpenPictureSink`."""
    open_sink: OpenPictureSink = resolve_name(f"{__name__}.{PICTURE_SINKS[kind].opener}")
    return open_sink(path, given)
