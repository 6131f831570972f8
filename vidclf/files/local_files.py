"""Files wherever they lie, as readers of local files open them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidclf.errors import VidclfError
from vidclf.files.places import Place


def local_file(place: Place) -> Path:
    """The file itself, or a copy of what lies elsewhere, as it is now.

    What is said of it must name its place and not the copy.

    Raises:
        SourceError: it lies elsewhere and is not there, or cannot be reached.
    """
    if isinstance(place, Path):
        return place
    from vidclf.remote.kept_copies import kept_copy

    return kept_copy(place)


def is_folder(place: Place) -> bool:
    """Whether a folder lies there, or elsewhere one is named: ending in a slash, or a bucket."""
    if isinstance(place, Path):
        return os.path.isdir(place)  # noqa: PTH112 - unlike Path's, it bears names that are too long
    return place.is_folder_name


def is_there(place: Place) -> bool:
    """Whether something lies there; False for names that are too long for a file.

    Raises:
        SourceError: that cannot be told of a place elsewhere.
    """
    if isinstance(place, Path):
        try:
            return place.exists()
        except OSError:
            return False
    from vidclf.remote.reading import remote_exists

    return remote_exists(place)


@contextmanager
def told_as(place: Place, copy: Path) -> Iterator[None]:
    """A context in which errors that name a copy, or a file in it, name its place instead."""
    try:
        yield
    except VidclfError as exc:
        exc.args = tuple(
            arg.replace(str(copy), str(place)) if isinstance(arg, str) else arg for arg in exc.args
        )
        raise
