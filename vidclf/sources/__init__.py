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
from vidclf.settings import LiveSettings
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
    reopen: Callable[[], InputContainer] | None
    """Opens the clip a second time, for its sound and title; None where that cannot be done."""

    def digest(self) -> str | None:
        """What tells the clip's file from others; None for what is no single file."""
        ...

    def check(self) -> None:
        """Raise what reading failed of, where FFmpeg took that for the end."""
        ...

    @property
    def report(self) -> SourceReport:
        """What reading met with; filled while `frames()` runs."""
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
    is_live: bool = False
    """Whether it is sent as it happens; the class takes `settings`, too."""

    def open(self, location: ClipLocation, *, fps: Fraction | None, live: LiveSettings) -> Source:
        """Open a clip of its own."""
        make: Callable[..., Source] = resolve_name(f"{__name__}.{self.source}")
        if self.is_live:
            return make(location, settings=live)
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
    "camera": SourceEntry(
        takes=lambda location: location.kind == "camera",
        source="live.camera:CameraSource",
        is_live=True,
    ),
    "stream": SourceEntry(
        takes=lambda location: location.kind == "stream",
        source="live.stream:StreamSource",
        is_live=True,
    ),
    "standard input": SourceEntry(
        takes=lambda location: location.kind == "stdin",
        source="live.standard_input:StandardInputSource",
        is_live=True,
    ),
}
"""Name → source; a clip is opened by the first that takes it."""


def open_source(
    clip: str | os.PathLike[str] | ClipLocation,
    *,
    fps: Fraction | None = None,
    live: LiveSettings | None = None,
) -> Source:
    """Open a clip: a file, an animation, a folder of pictures, a name pattern, a live input.

    Args:
        clip: a file, here or behind a URL; a folder with pictures and no videos; a pattern like
            `frame_%05d.png`; or a camera, a stream or standard input.
        fps: frames per second of a folder or pattern, 25 unless given. Other clips have their
            own time.
        live: how a live input is read; the defaults without it.

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
    _check_live(location, live or LiveSettings())
    try:
        return entry.open(location, fps=fps, live=live or LiveSettings())
    except OSError as exc:  # such as a folder that may not be listed
        raise SourceError(f"{location}: cannot be read ({exc.strerror})") from exc


def _check_live(location: ClipLocation, asked: LiveSettings) -> None:
    """Refuse settings of live inputs for what is none, and those of cameras for other inputs."""
    if asked.live is not None and not location.is_live:
        raise UsageError(
            f"--live {asked.live} is for live inputs, and {location} is none: leave it out"
        )
    for flag, value in (("size", asked.camera_size), ("fps", asked.camera_fps)):
        if value is not None and location.kind != "camera":
            raise UsageError(f"--camera-{flag} is for cameras, and {location} is none")
