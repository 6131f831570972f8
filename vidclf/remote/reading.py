"""What lies at a remote path, and a local copy of it for whoever needs a whole file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from vidclf.errors import SourceError
from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteInfo:
    """What is known of a file elsewhere before it is read."""

    path: RemotePath
    """Where it lies."""
    size_bytes: int | None
    """Its size; None where the server does not tell."""
    version: str | None
    """What changes with its content (HTTP's ETag, or the time of change); None if unknown."""
    modified_ns: int | None
    """When it was written, in nanoseconds since 1970; None where the server does not tell."""


def remote_info(path: RemotePath) -> RemoteInfo:
    """Ask for a file.

    Raises:
        SourceError: it is not there, or cannot be reached; the message says what to do.
    """
    with reading(path):
        found = filesystem_of(path).info(path.address)
    modified = found.get("LastModified")
    return RemoteInfo(
        path=path,
        size_bytes=found.get("size"),
        version=found.get("ETag"),
        modified_ns=None if modified is None else int(modified.timestamp() * 1e9),
    )


def remote_exists(path: RemotePath) -> bool:
    """Whether a file lies there.

    Raises:
        SourceError: that cannot be told, as without credentials.
    """
    with reading(path):
        return bool(filesystem_of(path).isfile(path.address))


@contextmanager
def local_copy(path: RemotePath, *, most_bytes: int | None = None) -> Iterator[Path]:
    """A whole copy in a temporary folder, under the file's own name, until the context is left.

    Args:
        path: the file.
        most_bytes: larger files are refused.

    Raises:
        SourceError: it is not there, too large, or cannot be reached.
    """
    size = remote_info(path).size_bytes
    if most_bytes is not None and size is not None and size > most_bytes:
        raise SourceError(
            f"{path}: {size / 1e6:.0f} MB, and at most {most_bytes / 1e6:.0f} MB are fetched: "
            "download it first"
        )
    with TemporaryDirectory(prefix="vidclf-") as folder:
        copy = Path(folder) / path.name
        with (
            reading(path),
            filesystem_of(path).open(path.address, "rb") as file,
            copy.open("wb") as target,
        ):
            shutil.copyfileobj(file, target, 2**20)
        yield copy
