"""The files that lie below a folder elsewhere, or that a name with wildcards matches there."""

from __future__ import annotations

import re

from vidclf.errors import SourceError
from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.listing import listed
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading

_WILDCARD = re.compile(r"[*?]|\[.+\]")


def has_wildcard(path: RemotePath) -> bool:
    """Whether a name stands for all that it matches; web addresses have `?` for something else."""
    return not path.is_web and bool(_WILDCARD.search(path.address))


def remote_matches(path: RemotePath) -> list[RemotePath]:
    """The files that a name with wildcards matches, in the order of their names.

    Raises:
        SourceError: there is none, or the folder cannot be listed.
    """
    filesystem = filesystem_of(path)
    with reading(path):
        found = sorted(filesystem.glob(path.address))
    if not found:
        raise SourceError(f"{path} matches nothing; check the name")
    return [RemotePath(filesystem.unstrip_protocol(name)) for name in found]


def remote_files(folder: RemotePath) -> list[RemotePath]:
    """The files in a folder and below it, in the order of their names.

    Raises:
        SourceError: it cannot be listed.
    """
    if folder.is_web:
        raise SourceError(f"{folder}: a web server lists no folders: name the files in it")
    return [folder / file for file in sorted(file.place for file in listed(folder, recursive=True))]
