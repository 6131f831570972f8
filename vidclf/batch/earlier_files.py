"""Which files of a clip are there already: on a disk each is asked for, elsewhere they are listed.

A request for each of a hundred thousand files takes hours, so the files of a folder elsewhere are
listed once for a whole look back, and those of a single clip by what their names begin with.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Protocol

from vidclf.core.file_digest import file_digest
from vidclf.files.places import Place
from vidclf.files.publishing_elsewhere import pending_record
from vidclf.pipeline.job import ClipJob
from vidclf.remote.digest import remote_digest
from vidclf.remote.listing import common_beginning
from vidclf.remote.path import RemotePath
from vidclf.remote.small_files import read_whole
from vidclf.remote.storing import looking, sizes_of_outputs

_MOST_FOLDERS = 128
"""Listings that are kept: clips come folder by folder, but many are asked for at once."""


class EarlierFiles(Protocol):
    """What is there of clips."""

    def exists(self, place: Place) -> bool:
        """Whether something is there, be it a broken link."""
        ...

    def has_content(self, place: Place) -> bool:
        """Whether a file is there and not empty."""
        ...

    def content(self, place: Place) -> bytes:
        """All of a small file.

        Raises:
            OSError: it is not there or cannot be read.
            StorageError: it cannot be had from elsewhere.
        """
        ...

    def digest(self, place: Place) -> str | None:
        """What tells a file from others (`file_digest`); None where it cannot be read."""
        ...

    def pending(self, record: Place) -> Place | None:
        """The record of a run that was ended while its outputs appeared, where there is one."""
        ...


class FilesOnDisk:
    """Files of this machine."""

    def exists(self, place: Place) -> bool:
        """Whether something is there, be it a broken link."""
        return os.path.lexists(_local(place))

    def has_content(self, place: Place) -> bool:
        """Whether a file is there and not empty."""
        try:
            return _local(place).stat().st_size > 0
        except OSError:
            return False

    def content(self, place: Place) -> bytes:
        """All of a file."""
        return _local(place).read_bytes()

    def digest(self, place: Place) -> str | None:
        """What tells a file from others."""
        return file_digest(_local(place))

    def pending(self, record: Place) -> Place | None:
        """Never one: on a disk the record itself appears first."""
        return None


class FilesElsewhere:
    """Files of folders elsewhere, as they were when the folder was first asked for.

    Args:
        prefix: what the names begin with that are asked for; "" for all of a folder.
    """

    def __init__(self, *, prefix: str = "") -> None:
        self._prefix = prefix
        self._sizes: OrderedDict[RemotePath, Future[Mapping[str, int]]] = OrderedDict()
        self._lock = Lock()

    def exists(self, place: Place) -> bool:
        """Whether a file is there."""
        return self._size(place) is not None

    def has_content(self, place: Place) -> bool:
        """Whether a file is there and not empty."""
        return bool(self._size(place))

    def content(self, place: Place) -> bytes:
        """All of a small file."""
        is_listed = place.name.startswith(self._prefix)  # a pending record may not be
        if is_listed and not self.exists(place):
            raise FileNotFoundError(str(place))
        with looking():
            return read_whole(_remote(place))

    def digest(self, place: Place) -> str | None:
        """What tells a file from others, by its first and its last MiB."""
        with looking():
            return remote_digest(_remote(place)) if self.exists(place) else None

    def pending(self, record: Place) -> Place | None:
        """The hidden record, where it is there."""
        place = pending_record(_remote(record))
        if self._prefix:  # its name begins otherwise
            return (
                place if place.name in sizes_of_outputs(place.parent, prefix=place.name) else None
            )
        return place if self.exists(place) else None

    def _size(self, place: Place) -> int | None:
        folder = _remote(place).parent
        with self._lock:
            is_new = folder not in self._sizes
            listing = self._sizes.setdefault(folder, Future())
            if len(self._sizes) > _MOST_FOLDERS:
                self._sizes.popitem(last=False)
        if is_new:
            try:
                listing.set_result(sizes_of_outputs(folder, prefix=self._prefix))
            except BaseException as exc:
                listing.set_exception(exc)
                raise
        return listing.result().get(place.name)


_DISK = FilesOnDisk()


def earlier_files(job: ClipJob) -> EarlierFiles:
    """What is there of one clip at this moment."""
    if not isinstance(job.outputs["manifest"], RemotePath):
        return _DISK
    names = [place.name for place in job.outputs.values()]
    return FilesElsewhere(prefix=common_beginning(names))


def _local(place: Place) -> Path:
    assert isinstance(place, Path)
    return place


def _remote(place: Place) -> RemotePath:
    assert isinstance(place, RemotePath)
    return place
