"""Whether a file is the one that was seen before, without reading all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

_PART_BYTES = 2**20


def file_digest(path: Path) -> str | None:
    """SHA-256 over a file's size in bytes, its first MiB and its last one, in hexadecimal.

    Two files with the same digest have the same length to the byte and the same beginning and end.
    All of a ten-hour recording would take longer to read than its table.

    Returns:
        64 digits; None for what is no single file, as a folder of pictures.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(_PART_BYTES)
            file.seek(max(0, size - _PART_BYTES))
            return _digest(size, first, file.read())
    except OSError:
        return None


def content_digest(
    size_bytes: int, start: Callable[[int], bytes], end: Callable[[int], bytes]
) -> str:
    """The `file_digest` of a file elsewhere.

    Args:
        size_bytes: its size.
        start: gives so many of its first bytes, or all.
        end: gives so many of its last bytes, or all.
    """
    return _digest(size_bytes, start(_PART_BYTES), end(_PART_BYTES))


def _digest(size_bytes: int, first: bytes, last: bytes) -> str:
    return hashlib.sha256(b"%d\n" % size_bytes + first + last).hexdigest()


def file_digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Name → digest of its file, without those that cannot be read."""
    digests = {name: file_digest(path) for name, path in files.items()}
    return {name: digest for name, digest in digests.items() if digest is not None}
