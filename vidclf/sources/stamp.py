"""Whether a clip is as it was, told by the directory alone: no file is opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vidclf.errors import SourceError
from vidclf.sources.location import ClipLocation
from vidclf.sources.picture_sequence import sequence_files


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipStamp:
    """How many files a clip is, how large, and when it was last written to."""

    files: int
    """1 for a video; all pictures of a sequence."""
    size_bytes: int
    """Of all of them."""
    modified_ns: int
    """When the latest was written to, in nanoseconds since 1970."""


def clip_stamp(location: ClipLocation) -> ClipStamp | None:
    """The stamp of a clip as it is now; None for what is not there, or not on this machine."""
    try:
        if location.kind == "file":
            return _stamp([location.path])
        return _stamp(sequence_files(location)) if location.is_local else None
    except (OSError, SourceError):
        return None


def _stamp(paths: Iterable[Path]) -> ClipStamp:
    stats = [path.stat() for path in paths]
    return ClipStamp(
        files=len(stats),
        size_bytes=sum(stat.st_size for stat in stats),
        modified_ns=max(stat.st_mtime_ns for stat in stats),
    )
