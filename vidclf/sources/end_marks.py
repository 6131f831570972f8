"""Whether a file ends as its format ends a file, where no header tells its length."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from vidclf.sources.clip_file import ClipFile

_END_BYTES = 2**17
"""More than an Ogg page, which has at most 65,307."""
_GIF_PICTURE = re.compile(rb"\x21\xf9\x04.{4}\x00\x2c", re.DOTALL)
_OGG_LAST = 4
"""The flag of a stream's last page (RFC 3533, section 6)."""
_Y4M_MARK_BYTES = len(b"FRAME\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEnd:
    """Where reading must come to in a whole file."""

    least_bytes: int
    """The last packet ends there or behind it."""
    shortfall: str
    """What is wrong where it does not, as a sentence."""


def file_end(file: ClipFile, format_name: str) -> FileEnd | None:
    """The end of an Ogg or Y4M file; None for other containers (FFmpeg's names)."""
    if format_name == "ogg":
        return _ogg_end(file.end(_END_BYTES), file.size_bytes())
    if format_name == "yuv4mpegpipe":
        return FileEnd(
            least_bytes=file.size_bytes() - _Y4M_MARK_BYTES, shortfall="it ends inside a frame"
        )
    return None


def has_gif_trailer(path: str | Path) -> bool:
    """Whether a GIF ends with its trailer (GIF89a, 27), or zeros behind it."""
    with Path(path).open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _END_BYTES))
        return file.read().rstrip(b"\0").endswith(b";")


def begun_pictures(path: Path) -> int:
    """How many pictures a GIF begins, by its graphic control extensions (GIF89a, 23).

    A reader that loses its way in damage passes over those that follow.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return sum(1 for _ in _GIF_PICTURE.finditer(data))


def _ogg_end(end: bytes, size: int) -> FileEnd:
    page = end.rfind(b"OggS")
    if page < 0 or not end[page + 5 : page + 6] or not end[page + 5] & _OGG_LAST:
        return FileEnd(least_bytes=size + 1, shortfall="the mark that ends an Ogg file is absent")
    return FileEnd(least_bytes=size - len(end) + page, shortfall="its last pages are damaged")
