"""What a path must be before it is opened: a regular file whose name can be written down."""

from __future__ import annotations

import os
import stat

from vidclf.errors import SourceError

_OTHER_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

_FORBIDDEN = "no permission to read it; change its mode or owner"


def check_name(path: str) -> None:
    """Refuse what FFmpeg, tables and manifests cannot name.

    Raises:
        SourceError: the name, or that of a folder above it, is not UTF-8.
    """
    try:
        os.path.abspath(path).encode()  # noqa: PTH100 - a name is looked at, no file
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "backslashreplace").decode()
        raise SourceError(
            f"{shown}: its name or that of its folder is not UTF-8; rename it"
        ) from None


def check_file(path: str) -> None:
    """Refuse what is not a regular file with something in it; a pipe would be waited for.

    Raises:
        SourceError: it is missing, a folder, a pipe or a device, empty, or out of reach.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - its errors tell more than Path.is_file
    except (OSError, ValueError) as exc:
        raise SourceError(f"{path}: {_why_unreachable(path, exc)}") from exc
    if stat.S_ISDIR(found.st_mode):
        raise SourceError(f"{path}: is a folder, where a file is wanted; name a file in it")
    if not stat.S_ISREG(found.st_mode):
        kind = _OTHER_KINDS.get(stat.S_IFMT(found.st_mode), "no regular file")
        raise SourceError(f"{path}: is {kind}, where a file is wanted; save it to a file first")
    if not found.st_size:
        raise SourceError(f"{path}: is empty (0 bytes); copy or record it again")


def check_readable(path: str) -> None:
    """Refuse a file that may not be read: FFmpeg says the same of some damaged ones.

    Raises:
        SourceError: there is no permission to read it.
    """
    try:
        open(path, "rb").close()  # noqa: PTH123 - asking for it is the only sure answer
    except PermissionError as exc:
        raise SourceError(f"{path}: {_FORBIDDEN}") from exc


def _why_unreachable(path: str, exc: OSError | ValueError) -> str:
    if isinstance(exc, PermissionError):
        return _FORBIDDEN
    if os.path.islink(path):  # noqa: PTH114
        target = os.readlink(path)  # noqa: PTH115
        if isinstance(exc, FileNotFoundError):
            return f"is a link to {target}, which is not there; name a file that is"
        return f"is a link to {target} and leads nowhere; name the file itself"
    if isinstance(exc, (FileNotFoundError, NotADirectoryError)):
        return "no such file; check the name"
    reason = exc.strerror if isinstance(exc, OSError) else exc
    return f"cannot be a file ({reason}); check the name"
