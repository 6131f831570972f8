"""What lies at a remote path, and a local copy of it for whoever needs a whole file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from vidclf.errors import SourceError
from vidclf.remote.blocks import no_room
from vidclf.remote.info import RemoteInfo
from vidclf.remote.opening import is_web_page, remote_info
from vidclf.remote.path import RemotePath
from vidclf.remote.remote_file import RemoteFile
from vidclf.remote.web_problems import causes

__all__ = ["RemoteInfo", "local_copy", "remote_exists", "remote_info"]

_PIECE_BYTES = 2**20


def remote_exists(path: RemotePath) -> bool:
    """Whether a file lies there; a page of HTML is what some web servers give in place of one.

    Raises:
        SourceError: that cannot be told, as without credentials.
    """
    try:
        remote_info(path)
        return not is_web_page(path)
    except SourceError as exc:
        if any(isinstance(cause, FileNotFoundError) for cause in causes(exc)):
            return False
        raise


@contextmanager
def local_copy(path: RemotePath, *, most_bytes: int | None = None) -> Iterator[Path]:
    """A whole copy in a temporary folder, under the file's own name, until the context is left.

    Args:
        path: the file.
        most_bytes: larger files are refused.

    Raises:
        SourceError: it is not there, too large, or cannot be reached.
    """
    with TemporaryDirectory(prefix="vidclf-") as folder:
        copy = Path(folder) / (path.name or "file")
        with RemoteFile(path) as file:
            _check_size(path, file.info.size_bytes, most_bytes)
            try:
                _copy(file, copy, most_bytes)
            except OSError as exc:
                raise SourceError(f"{path}: {no_room(exc)}") from exc
        yield copy


def _copy(file: RemoteFile, copy: Path, most_bytes: int | None) -> None:
    reader, size = file.reader(), 0
    with copy.open("wb") as target:
        while piece := reader.read(_PIECE_BYTES):
            size += len(piece)
            _check_size(file.path, size, most_bytes)
            target.write(piece)


def _check_size(path: RemotePath, size_bytes: int | None, most_bytes: int | None) -> None:
    if most_bytes is not None and size_bytes is not None and size_bytes > most_bytes:
        raise SourceError(
            f"{path}: {size_bytes / 1e6:.0f} MB or more, and at most {most_bytes / 1e6:.0f} MB are "
            "fetched: download it first"
        )
