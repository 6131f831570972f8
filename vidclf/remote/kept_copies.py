"""Copies of small files elsewhere, such as tables and labels, that readers open as local ones."""

from __future__ import annotations

import atexit
from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from vidclf.remote.access import RemoteAccess, current_access
from vidclf.remote.path import RemotePath
from vidclf.remote.reading import RemoteInfo, local_copy, remote_info

MOST_BYTES = 2**30
"""Of all copies that are kept; the last one may be larger by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """A file that was fetched."""

    info: RemoteInfo
    """What was known of it."""
    path: Path
    """Where the copy lies."""
    size_bytes: int
    """Its size."""
    stack: ExitStack
    """Removes it."""


class KeptCopies:
    """Copies that stay until the process ends, or until others need their place.

    The server is asked at each opening whether the file is still the one that was fetched.
    """

    def __init__(self) -> None:
        self._copies: OrderedDict[tuple[RemotePath, RemoteAccess], _Copy] = OrderedDict()
        self._lock = Lock()

    def file(self, path: RemotePath) -> Path:
        """The copy of a file as it is now.

        Raises:
            SourceError: it is not there, or cannot be reached.
        """
        key, info = (path, current_access()), remote_info(path)
        with self._lock:
            kept = self._copies.get(key)
            if kept is None or info.version is None or kept.info != info:
                self._drop(key)
                kept = self._copies[key] = _fetched(path, info)
            self._copies.move_to_end(key)
            self._make_room()
        return kept.path

    def clear(self) -> None:
        """Remove all copies."""
        with self._lock:
            for key in list(self._copies):
                self._drop(key)

    def _drop(self, key: tuple[RemotePath, RemoteAccess]) -> None:
        if (copy := self._copies.pop(key, None)) is not None:
            copy.stack.close()

    def _make_room(self) -> None:
        size = sum(copy.size_bytes for copy in self._copies.values())
        while size > MOST_BYTES and len(self._copies) > 1:
            _, copy = self._copies.popitem(last=False)
            copy.stack.close()
            size -= copy.size_bytes


def _fetched(path: RemotePath, info: RemoteInfo) -> _Copy:
    with ExitStack() as stack:
        copy = stack.enter_context(local_copy(path))
        return _Copy(info=info, path=copy, size_bytes=copy.stat().st_size, stack=stack.pop_all())


_copies = KeptCopies()
atexit.register(_copies.clear)


def kept_copy(path: RemotePath) -> Path:
    """A local copy of a file elsewhere, as it is now; see `KeptCopies.file`."""
    return _copies.file(path)
