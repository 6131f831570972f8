"""Files in buckets, and whatever else fsspec opens."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from vidclf.errors import SourceError
from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.info import RemoteInfo
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import fetching
from vidclf.remote.store_problems import answer_code
from vidclf.remote.web_problems import causes

_PART_BYTES = 2 * 2**20
"""Asked for at once: what comes later is not here before all of it."""


class StoreTransport:
    """A file of a bucket.

    Raises:
        SourceError: it is not there, empty, or cannot be reached.
    """

    has_ranges = True
    first_bytes = 0

    def __init__(self, path: RemotePath) -> None:
        self._path = path
        filesystem = filesystem_of(path)
        with fetching(path), _told_why(path):
            self._file = filesystem.open(path.address, "rb", cache_type="none")
            # files that fsspec does not buffer itself, as those of sftp, tell nothing
            details = getattr(self._file, "details", None) or filesystem.info(path.address)
        self.info = _info(path, details)
        if not self.info.size_bytes:
            raise SourceError(f"{path}: is empty (0 bytes); copy or record it again")

    def pieces(self, start: int, stop: int) -> Generator[bytes]:
        """See `Transport`."""
        while start < stop:
            with fetching(self._path):
                self._file.seek(start)
                part = self._file.read(min(_PART_BYTES, stop - start))
            if not part:
                return
            yield part
            start += len(part)

    def break_off(self) -> None:
        """See `Transport`; what is on its way comes in small parts."""

    def close(self) -> None:
        """See `Transport`; connections belong to the file system."""


def store_info(path: RemotePath) -> RemoteInfo:
    """Ask for a file of a bucket.

    Raises:
        PassingError, SourceError: as `StoreTransport`.
    """
    with fetching(path), _told_why(path):
        details = filesystem_of(path).info(path.address)
    if details.get("type") == "directory":
        raise SourceError(f"{path}: is a folder, where a file is wanted; name a file in it")
    return _info(path, details)


@contextmanager
def _told_why(path: RemotePath) -> Iterator[None]:
    """Ask once more, for a byte, where S3 answers with a bare number: as a HEAD has no content."""
    try:
        yield
    except Exception as exc:
        if any(answer_code(cause).isdecimal() for cause in causes(exc)):
            filesystem_of(path).cat_file(path.address, start=0, end=1)
        raise


def _info(path: RemotePath, details: Mapping[str, Any]) -> RemoteInfo:
    """What a file system tells of a file."""
    modified = details.get("LastModified") or details.get("last_modified") or details.get("mtime")
    seconds = modified.timestamp() if isinstance(modified, datetime) else modified
    etag = details.get("ETag") or details.get("etag")
    return RemoteInfo(
        path=path,
        size_bytes=details.get("size"),
        version=str(etag or modified) if etag or modified else None,
        modified_ns=int(seconds * 1e9) if isinstance(seconds, int | float) else None,
    )
