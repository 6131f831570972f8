"""Errors of writing elsewhere, told apart by what they mean for other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from vidclf.errors import OutputError, SourceError, StorageError
from vidclf.remote.listing import sizes_in
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import writing
from vidclf.remote.s3 import error_code

_OF_ONE_FILE = ("KeyTooLongError", "EntityTooLarge")


@contextmanager
def storing(path: RemotePath) -> Iterator[None]:
    """A context in which what fails while a file is written becomes an `OutputError`.

    It is a `StorageError` where no other file could be written there either.
    """
    try:
        with writing(path):
            yield
    except OutputError as exc:
        is_known = type(exc) is not OutputError
        if is_known or (exc.__cause__ and error_code(exc.__cause__) in _OF_ONE_FILE):
            raise
        raise StorageError(str(exc)) from exc.__cause__


def sizes_of_outputs(folder: RemotePath, *, prefix: str) -> Mapping[str, int]:
    """As `sizes_in`, of a folder that is written to.

    Raises:
        StorageError: it cannot be listed.
    """
    with looking():
        return sizes_in(folder, prefix=prefix)


@contextmanager
def looking() -> Iterator[None]:
    """A context in which what cannot be read of outputs becomes a `StorageError`."""
    try:
        yield
    except SourceError as exc:
        raise StorageError(str(exc)) from exc.__cause__
