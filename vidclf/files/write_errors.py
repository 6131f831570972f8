"""What a user is told of a file that cannot be written: which one, why, and what helps."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidclf.errors import DiskFullError, OutputError
from vidclf.files.places import Place
from vidclf.files.stand_ins import is_stand_in
from vidclf.files.temporary_names import shown_path

FREE_SPACE = "free space or use -o"
ANOTHER_PLACE = "choose another place with -o"
_OTHER_TEMPORARY_PLACE = "free space, or set TMPDIR to a folder with more"
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)
_DISK_TAKES_NOTHING = (*_DISK_IS_FULL, errno.EROFS)
_OF_THE_DISK = (
    *(*_DISK_TAKES_NOTHING, errno.EFBIG, errno.EIO, errno.ESTALE),
    *(errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR),
)


def cannot_write(
    path: Path,
    exc: Exception,
    *,
    kind: str = "",
    encoder: str = "",
    remedy: str = FREE_SPACE,
    content_remedy: str = "",
) -> OutputError:
    """The error for a file: `cannot write the table a.csv (Permission denied): free space or …`.

    It is a `DiskFullError` where no other file could be written there either.

    Args:
        path: the file, by its temporary name or its own.
        exc: what failed: an `OSError`, or FFmpeg's.
        kind: what the file is called, such as `the table`.
        encoder: what it was written with, where that may be the reason; it is not if the disk is.
        remedy: what may help.
        content_remedy: what may help instead where the disk is not the reason.
    """
    shown, number = shown_path(path), getattr(exc, "errno", None)
    if number in _DISK_IS_FULL:  # whatever wrote the file, and however
        remedy = _OTHER_TEMPORARY_PLACE if is_stand_in(path) else FREE_SPACE
    if number == errno.EROFS:
        remedy = ANOTHER_PLACE
    if is_of_the_disk(exc):
        encoder = content_remedy = ""
    if number == errno.ENAMETOOLONG:
        size = len(os.fsencode(shown.name))
        return _name_refused(
            str(shown), f"a name of {size} bytes is too long here; name a shorter one"
        )
    called = f"{kind} {shown}".strip() + (f" with {encoder}" if encoder else "")
    reason = getattr(exc, "strerror", None) or exc
    kind_of_error = DiskFullError if number in _DISK_TAKES_NOTHING else OutputError
    return kind_of_error(f"cannot write {called} ({reason}): {content_remedy or remedy}")


def is_of_the_disk(exc: Exception) -> bool:
    """Whether an error is about the disk or the folder, and not about what is written."""
    return getattr(exc, "errno", None) in _OF_THE_DISK


def name_is_no_utf8(path: Place) -> OutputError:
    """The error for a file whose path holds bytes that are not UTF-8."""
    shown = str(path).encode("utf-8", "backslashreplace").decode()
    return _name_refused(shown, "its name or that of its folder is not UTF-8; name another")


@contextmanager
def explained(
    path: Path,
    *,
    kind: str = "",
    encoder: str = "",
    remedy: str = FREE_SPACE,
    content_remedy: str = "",
    errors: tuple[type[Exception], ...] = (OSError,),
) -> Iterator[None]:
    """A context in which what fails while a file is written becomes `cannot_write`.

    Args:
        path: as for `cannot_write`, as are `kind`, `encoder` and `remedy`.
        kind: what the file is called.
        encoder: what it is written with.
        remedy: what may help.
        content_remedy: what may help instead where the disk is not the reason.
        errors: what may fail; others go on as they are.
    """
    try:
        yield
    except errors as exc:
        raise cannot_write(
            path, exc, kind=kind, encoder=encoder, remedy=remedy, content_remedy=content_remedy
        ) from exc


def _name_refused(shown: str, reason: str) -> OutputError:
    return OutputError(f"cannot write {shown}: {reason} with -o")
