"""Whether a clip is as it was, told by the directory or the server alone: no file is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vidclf.errors import SourceError
from vidclf.remote.reading import RemoteInfo, remote_info
from vidclf.sources.location import ClipLocation


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
    """The stamp of a clip as it is now; None for what is not there, or tells no times."""
    try:
        if location.kind == "file":
            return _stamp([location.path])
        if location.kind == "url":
            return _remote_stamp(remote_info(location.remote))
        return _sequence_stamp(location) if location.is_local else None
    except (OSError, SourceError):
        return None


def _sequence_stamp(location: ClipLocation) -> ClipStamp:
    from vidclf.sources.picture_sequence import sequence_files  # with imageio

    return _stamp(sequence_files(location))


def _remote_stamp(info: RemoteInfo) -> ClipStamp | None:
    if info.size_bytes is None or info.modified_ns is None:
        return None
    return ClipStamp(files=1, size_bytes=info.size_bytes, modified_ns=info.modified_ns)


def _stamp(paths: Iterable[Path]) -> ClipStamp:
    stats = [path.stat() for path in paths]
    return ClipStamp(
        files=len(stats),
        size_bytes=sum(stat.st_size for stat in stats),
        modified_ns=max(stat.st_mtime_ns for stat in stats),
    )
