"""What lies in folders elsewhere, and what wildcards match there."""

from __future__ import annotations

from collections.abc import Iterator

from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading


def files_below(folder: RemotePath, *, recursive: bool) -> Iterator[RemotePath]:
    """The files in a folder, and below it if wanted, in the order of their names.

    Raises:
        SourceError: it is not there or cannot be listed.
    """
    filesystem = filesystem_of(folder)
    with reading(folder):
        depth = None if recursive else 1
        found = sorted(filesystem.find(folder.address, maxdepth=depth))
    for name in found:
        yield RemotePath(filesystem.unstrip_protocol(name))
