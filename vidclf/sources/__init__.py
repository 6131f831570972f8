"""Where frames come from: video files (PyAV), stills, animations and picture sequences (imageio).

`open_source` picks by kind; every source is a context manager with `info`, `report` and `frames()`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from vidclf.core.frames import Frame, VideoInfo
from vidclf.errors import SourceError, UsageError
from vidclf.sources.read_report import SourceReport

__all__ = ["VIDEO_SUFFIXES", "Source", "SourceReport", "is_video_name", "open_source"]

VIDEO_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("264", "265", "3g2", "3gp", "asf", "avi", "divx", "dv", "f4v", "flv", "h264", "h265"),
        *("hevc", "ivf", "m1v", "m2t", "m2ts", "m2v", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4"),
        *("mpeg", "mpg", "mts", "mxf", "nut", "obu", "ogm", "ogv", "qt", "rm", "rmvb", "ts"),
        *("vob", "webm", "wmv", "wtv", "y4m"),
    )
)
"""Lower-case endings by which the videos in a folder are told from other files."""


class Source(Protocol):
    """Something that gives frames; a context manager."""

    info: VideoInfo
    """What is known of the clip before its frames are read."""
    report: SourceReport
    """What reading met with; filled while `frames()` runs."""

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


def is_video_name(path: str | os.PathLike[str]) -> bool:
    """Whether a name ends like a video's; hidden files (".…", also macOS's "._…") do not count."""
    name = Path(path)
    return name.suffix.lower() in VIDEO_SUFFIXES and not name.name.startswith(".")


def open_source(path: str | os.PathLike[str], *, fps: Fraction | None = None) -> Source:
    """Open a clip: a video file, a still, an animation, a folder of pictures or a name pattern.

    Args:
        path: a file; a folder with pictures and no videos; or a pattern like `frame_%05d.png`.
        fps: frames per second of a folder or pattern, 25 unless given. Other clips have their
            own time.

    Raises:
        SourceError: it cannot be read, or `fps` is given for a clip that has its own time; the
            message says why and what to do.
        UsageError: `fps` is not positive.
    """
    if fps is not None and fps <= 0:
        raise UsageError(f"{fps} frames/s: the rate of a picture sequence must be positive")
    try:
        return _open_by_kind(path, fps)
    except OSError as exc:  # such as a folder that may not be listed
        raise SourceError(f"{os.fspath(path)}: cannot be read ({exc.strerror})") from exc


def _open_by_kind(path: str | os.PathLike[str], fps: Fraction | None) -> Source:
    from vidclf.sources import image_file, picture_sequence, video_file

    if picture_sequence.is_sequence(path):
        return picture_sequence.SequenceSource(path, fps=fps)
    if fps is not None:
        raise SourceError(f"{os.fspath(path)}: has its own time; --fps is for picture sequences")
    if image_file.is_image_name(path):
        return image_file.ImageSource(path)
    return video_file.VideoSource(path)
