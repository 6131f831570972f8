"""What a user is told of a remote file that cannot be read or written: which one, why, what helps.

No message of a library is passed on as it is: it may hold a signed URL or a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vidclf.errors import OutputError, SourceError, VidclfError
from vidclf.remote.path import RemotePath


@contextmanager
def reading(path: RemotePath) -> Iterator[None]:
    """A context in which what fails while a remote file is read becomes a `SourceError`."""
    try:
        yield
    except VidclfError:
        raise
    except Exception as exc:
        raise SourceError(f"{path}: {_explained(exc)}") from exc


@contextmanager
def writing(path: RemotePath) -> Iterator[None]:
    """A context in which what fails while a remote file is written becomes an `OutputError`."""
    try:
        yield
    except VidclfError:
        raise
    except Exception as exc:
        raise OutputError(f"cannot write {path}: {_explained(exc)}") from exc


def _explained(exc: Exception) -> str:
    if isinstance(exc, FileNotFoundError):
        return "no such file; check the name"
    return f"cannot be reached ({type(exc).__name__})"
