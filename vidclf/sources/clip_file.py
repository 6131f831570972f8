"""The one file that a clip is read from, on a disk of this machine or elsewhere."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from av.container import InputContainer

from vidclf.core.ffmpeg import open_media, open_media_stream
from vidclf.core.file_digest import file_digest
from vidclf.remote.path import RemotePath
from vidclf.remote.reading import local_copy
from vidclf.remote.remote_file import RemoteFile
from vidclf.sources.location import ClipLocation
from vidclf.sources.path_checks import check_file, check_readable
from vidclf.sources.picture_size import MOST_MOVING_PIXELS
from vidclf.sources.read_report import SourceReport

MOST_COPIED_BYTES = 2**30
"""Of a picture or an animation elsewhere, which is copied whole before it is read."""


class ClipFile(Protocol):
    """A file that is read, and read again; a context manager."""

    name: str
    """What it is called in messages."""
    is_stream: bool
    """Whether its end is not to be had before all of it was read."""

    def open(self) -> InputContainer:
        """Open it for the first time.

        Raises:
            SourceError: it is not there, or cannot be reached.
            OSError, av.FFmpegError: it cannot be read as media.
        """
        ...

    def open_again(self) -> InputContainer:
        """Open what was opened before.

        Raises:
            SourceError, OSError, av.FFmpegError: it is gone, or another file is in its place.
        """
        ...

    def size_bytes(self) -> int:
        """Its size."""
        ...

    def start(self, most_bytes: int) -> bytes:
        """Its first bytes."""
        ...

    def end(self, most_bytes: int) -> bytes:
        """Its last bytes."""
        ...

    def digest(self) -> str | None:
        """What tells it from others (`vidclf.core.file_digest`)."""
        ...

    def check(self, report: SourceReport) -> None:
        """Raise what reading it failed of, if FFmpeg took that for its end; else note what it met.

        Raises:
            SourceError: it could not be read on.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def clip_file(location: ClipLocation) -> ClipFile:
    """The file of a clip of the kind `file` or `url`.

    Raises:
        SourceError: it is elsewhere, and not there or out of reach.
    """
    return RemoteClipFile(location.remote) if location.kind == "url" else LocalClipFile(location)


class LocalClipFile:
    """A file on a disk of this machine; it may be moved or replaced while it is read."""

    is_stream = False

    def __init__(self, location: ClipLocation) -> None:
        self.name = str(location)
        self._location = location
        self._identity: tuple[int, int] | None = None

    def open(self) -> InputContainer:
        """See `ClipFile`."""
        check_file(self.name)
        check_readable(self.name)
        container = open_media(self.name, most_pixels=MOST_MOVING_PIXELS)
        self._identity = _identity(self.name)
        return container

    def open_again(self) -> InputContainer:
        """See `ClipFile`."""
        if _identity(self.name) != self._identity:
            raise FileNotFoundError(errno.ENOENT, "another file is in its place", self.name)
        return open_media(self.name, most_pixels=MOST_MOVING_PIXELS)

    def size_bytes(self) -> int:
        """See `ClipFile`."""
        return self._location.path.stat().st_size

    def start(self, most_bytes: int) -> bytes:
        """See `ClipFile`."""
        with self._location.path.open("rb") as file:
            return file.read(most_bytes)

    def end(self, most_bytes: int) -> bytes:
        """See `ClipFile`."""
        with self._location.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - most_bytes))
            return file.read()

    def digest(self) -> str | None:
        """See `ClipFile`."""
        return file_digest(self._location.path)

    def check(self, report: SourceReport) -> None:
        """See `ClipFile`; FFmpeg tells of local files itself."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """There is nothing to free."""


class RemoteClipFile:
    """A file elsewhere: what is fetched of it is kept while it is open."""

    def __init__(self, path: RemotePath) -> None:
        self.name = str(path)
        self._file = RemoteFile(path)
        self.is_stream = not self._file.has_ranges

    def open(self) -> InputContainer:
        """See `ClipFile`."""
        return open_media_stream(self._file.reader_for_ffmpeg(), most_pixels=MOST_MOVING_PIXELS)

    def open_again(self) -> InputContainer:
        """See `ClipFile`."""
        return self.open()

    def size_bytes(self) -> int:
        """See `ClipFile`."""
        return self._file.size_bytes()

    def start(self, most_bytes: int) -> bytes:
        """See `ClipFile`."""
        return self._file.start(most_bytes)

    def end(self, most_bytes: int) -> bytes:
        """See `ClipFile`."""
        return self._file.end(most_bytes)

    def digest(self) -> str | None:
        """See `ClipFile`; None of a stream, whose end would have to be waited for."""
        return self._file.digest()

    def check(self, report: SourceReport) -> None:
        """See `ClipFile`."""
        self._file.check()
        if self._file.breaks:
            report.note(f"the connection broke {self._file.breaks} times and was taken up again")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


@contextmanager
def whole_file(location: ClipLocation) -> Iterator[Path]:
    """A clip's file on a disk of this machine: itself, or a temporary copy of one elsewhere.

    Raises:
        SourceError: it is elsewhere, and cannot be had or has more than `MOST_COPIED_BYTES`.
    """
    if location.kind != "url":
        yield location.path
        return
    with local_copy(location.remote, most_bytes=MOST_COPIED_BYTES) as copy:
        yield copy


def _identity(path: str) -> tuple[int, int]:
    """Device and inode: another file under the same name has others, one that grows does not."""
    found = os.stat(path)  # noqa: PTH116 - a path may be text that Path would change
    return found.st_dev, found.st_ino
