"""Small files elsewhere, such as manifests: read and written at once."""

from __future__ import annotations

from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading
from vidclf.remote.s3 import again, call, error_code, is_gone, is_refused, is_s3, read_object
from vidclf.remote.storing import storing
from vidclf.remote.upload import write_small


def read_whole(path: RemotePath) -> bytes:
    """All of a file.

    Raises:
        SourceError: it cannot be had.
    """
    with reading(path):
        if is_s3(path):
            return read_object(path)[0]
        content: bytes = again(path, lambda: filesystem_of(path).cat_file(path.address))
        return content


def read_version(path: RemotePath) -> tuple[bytes, str | None]:
    """All of a file that is written to, and what tells it from later ones; (b"", None) for none.

    Raises:
        StorageError: it cannot be had.
    """
    with storing(path):
        try:
            if not is_s3(path):
                return filesystem_of(path).cat_file(path.address), ""
            return read_object(path)
        except OSError as exc:
            if not is_gone(exc) and not isinstance(exc, FileNotFoundError):
                raise
            return b"", None


def replace_version(path: RemotePath, content: bytes, version: str | None) -> bool:
    """Write a file, if it is still the one that was read; whether it was.

    Servers that know no conditions replace it in any case.

    Args:
        path: the file.
        content: all of it.
        version: of `read_version`.

    Raises:
        StorageError: it cannot be written.
    """
    if not is_s3(path):
        write_small(path, content)
        return True
    condition = {"IfNoneMatch": "*"} if version is None else {"IfMatch": version}
    with storing(path):
        try:
            call(path, "put_object", Body=content, **condition)
        except OSError as exc:
            if is_refused(exc):
                return False
            if error_code(exc) != "NotImplemented":
                raise
            call(path, "put_object", Body=content)
    return True
