"""Where frames come from: video files (PyAV), stills, animations and picture sequences (imageio).

Every source is a context manager with `info`, `report` and `frames()`, and a line in `SOURCES`. A
new one is a class in a module of its own beside these, a line there, and one in
tests/sources/test_contract.py. Modules are imported when a clip is theirs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pkgutil import resolve_name
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from vidclf.errors import SourceError, UsageError
from vidclf.sources.location import ClipLocation
from vidclf.sources.read_report import SourceReport
from vidclf.sources.suffixes import is_image_name

if TYPE_CHECKING:
    from av.container import InputContainer

    from vidclf.core.frames import Frame, VideoInfo

__all__ = ["SOURCES", "ClipLocation", "Source", "SourceEntry", "SourceReport", "open_source"]


class Source(Protocol):
    """Something that gives frames; a context manager."""

    location: ClipLocation
    """Where the clip is, as it was named."""
    info: VideoInfo
    """What is known of the clip before its frames are read."""
    report: SourceReport
    """What reading met with; filled while `frames()` runs."""
    reopen: Callable[[], InputContainer] | None
    """Opens the clip a second time, for its sound and title; None where that cannot be done."""

    def digest(self) -> str | None:
        """What tells the clip's file from others; None for what is no single file."""
        ...

    def check(self) -> None:
        """Raise what reading failed of, where FFmpeg took that for the end."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Every frame once, in presentation order, indexes from 0, timestamps increasing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A source: which clips are its own, and where its class is found."""

    takes: Callable[[ClipLocation], bool]
    """Whether it opens what lies there, by kind and name alone."""
    source: str
    """Module and name of its class, made from a `ClipLocation`: `video_file:VideoSource`."""
    has_own_time: bool = True
    """Whether a clip tells when its frames are shown; else the class takes `fps`, too."""

    def open(self, location: ClipLocation, *, fps: Fraction | None) -> Source:
        """Open a clip of its own."""
        make: Callable[..., Source] = resolve_name(f"{__name__}.{self.source}")
        return make(location) if self.has_own_time else make(location, fps=fps)


SOURCES = {
    "pictures": SourceEntry(
        takes=lambda location: location.kind in ("folder", "pattern"),
        source="picture_sequence:SequenceSource",
        has_own_time=False,
    ),
    "image": SourceEntry(
        takes=lambda location: location.kind in ("file", "url") and is_image_name(location.name),
        source="image_file:ImageSource",
    ),
    "video": SourceEntry(
        takes=lambda location: location.kind in ("file", "url"),
        source="video_file:VideoSource",
    ),
}
"""Name → source; a clip is opened by the first that takes it."""


def open_source(
    clip: str | os.PathLike[str] | ClipLocation, *, fps: Fraction | None = None
) -> Source:
    """Open a clip: a video file, a still, an animation, a folder of pictures or a name pattern.

    Args:
        clip: a file, here or behind a URL; a folder with pictures and no videos; or a pattern like
            `frame_%05d.png`.
        fps: frames per second of a folder or pattern, 25 unless given. Other clips have their
            own time.

    Raises:
        SourceError: it cannot be read, or `fps` is given for a clip that has its own time; the
            message says why and what to do.
        UsageError: `fps` is not positive.
    """
    if fps is not None and fps <= 0:
        raise UsageError(f"{fps} frames/s: the rate of a picture sequence must be positive")
    location = ClipLocation.of(clip)
    entry = next((entry for entry in SOURCES.values() if entry.takes(location)), None)
    if entry is None:
        raise location.refusal()
    if fps is not None and entry.has_own_time:
        raise SourceError(f"{location}: has its own time; --fps is for picture sequences")
    try:
        return entry.open(location, fps=fps)
    except OSError as exc:  # such as a folder that may not be listed
        raise SourceError(f"{location}: cannot be read ({exc.strerror})") from exc
