"""Check what a program names as clips, before anything is looked for: paths and addresses."""

from __future__ import annotations

import os
from collections.abc import Iterable

from vidclf.errors import UsageError

PathLike = str | os.PathLike[str]


def one_clip(named: object, function: str) -> PathLike:
    """Return the name of one clip.

    Args:
        named: what the program gave.
        function: the function that it was given to, for the message.

    Raises:
        UsageError: it is no path, or several.
    """
    if isinstance(named, Iterable) and not isinstance(named, str | bytes | os.PathLike):
        raise UsageError(
            f"{function} takes one clip, and this is a {type(named).__name__} of them: "
            "vidclf.annotate_all takes many"
        )
    return _path(named, function)


def several_clips(named: object, function: str) -> list[PathLike]:
    """Return the names of several clips, or of one that was named without a list around it.

    Raises:
        UsageError: one of them is no path.
    """
    if isinstance(named, Iterable) and not isinstance(named, str | bytes | os.PathLike):
        return [_path(clip, function) for clip in named]
    return [_path(named, function)]


def _path(named: object, function: str) -> PathLike:
    if isinstance(named, str | os.PathLike):
        return named
    raise UsageError(
        f'{function} takes clips by their paths, such as "clip.mp4", and got {shown_kind(named)}'
    )


def shown_kind(value: object) -> str:
    """Return what a value of a wrong kind is, for a message."""
    return "None" if value is None else f"a value of type {type(value).__name__}"
