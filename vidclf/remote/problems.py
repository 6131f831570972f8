"""What a user is told of a remote file that cannot be read or written: which one, why, what helps.

No message of a library is passed on as it is: it may hold a signed URL or a key.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vidclf.errors import OutputError, SourceError, VidclfError
from vidclf.remote.path import RemotePath
from vidclf.remote.store_problems import is_passing, sentence
from vidclf.remote.transport import PassingError
from vidclf.remote.web_problems import causes

_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
_WITHOUT_ANSWER = (
    "gaierror",
    "NameResolutionError",
    "EndpointConnectionError",
    "ConnectTimeoutError",
)
"""Errors of the libraries by the names of their classes."""


@contextmanager
def reading(path: RemotePath) -> Iterator[None]:
    """A context in which what fails while a remote file is read becomes a `SourceError`."""
    with _explaining(lambda exc: SourceError(f"{path}: {sentence(exc, path)}")):
        yield


@contextmanager
def writing(path: RemotePath) -> Iterator[None]:
    """A context in which what fails while a remote file is written becomes an `OutputError`."""
    with _explaining(
        lambda exc: OutputError(f"cannot write {path}: {sentence(exc, path, writes=True)}")
    ):
        yield


@contextmanager
def fetching(path: RemotePath) -> Iterator[None]:
    """As `reading`, but what may pass by itself becomes `PassingError`."""
    try:
        yield
    except (VidclfError, PassingError):
        raise
    except Exception as exc:
        why = sentence(exc, path)
        if is_passing(exc):
            raise PassingError(why) from exc
        raise SourceError(f"{path}: {why}") from exc


def is_without_answer(exc: Exception) -> bool:
    """Whether nothing answered at all, as without a network; a refusal is an answer."""
    return any(
        isinstance(one, ConnectionRefusedError)
        or (isinstance(one, OSError) and one.errno in _UNREACHABLE)
        or type(one).__name__ in _WITHOUT_ANSWER
        for one in causes(exc)
    )


@contextmanager
def _explaining(error_of: Callable[[Exception], VidclfError]) -> Iterator[None]:
    try:
        yield
    except VidclfError:
        raise
    except Exception as exc:
        raise error_of(exc) from exc
