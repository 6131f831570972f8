"""The index of an MP4 or MOV, read from a file and changed in it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import IO

from vidclf.sinks.movie_boxes import Box, parse_box, read_numbers, write_numbers

_MOVED_AT_ONCE_BYTES = 1 << 20


def read_index(path: Path) -> Box:
    """The box `moov`; an empty one where the file has none."""
    with path.open("rb") as file:
        start, size = _place(file)
        file.seek(start)
        return parse_box(file.read(size)) if size else Box(kind=b"moov", children=[])


def change_index(path: Path, change: Callable[[Box], None]) -> None:
    """Change the index of a file, or leave it where it has none or its numbers get too large.

    Args:
        path: A file whose index stands in front of its media.
        change: Changes the box `moov`.
    """
    with path.open("r+b") as file:
        start, size = _place(file)
        if not size:
            return
        file.seek(start)
        index = file.read(size)
        movie = parse_box(index)
        try:
            change(movie)
            _move_chunks(movie, len(bytes(movie)) - size)
        except (OverflowError, struct.error):
            return
        if bytes(movie) != index:
            _replace(file, start=start, size=size, data=bytes(movie))


def _place(file: IO[bytes]) -> tuple[int, int]:
    """Where the box `moov` begins, and how long it is; (0, 0) where there is none."""
    start = 0
    while len(head := file.read(16)) >= 8:
        size, kind = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:
            size = int.from_bytes(head[8:], "big")
        if kind == b"moov":
            return start, size
        if size < 8:
            break
        start += size
        file.seek(start)
    return 0, 0


def _move_chunks(movie: Box, shift: int) -> None:
    """Say that all media lie so many bytes later in the file."""
    for table, numbers in ((b"stco", ">u4"), (b"co64", ">i8")):
        for box in movie.all(b"trak", b"mdia", b"minf", b"stbl", table):
            write_numbers(box, read_numbers(box, numbers) + shift, numbers)


def _replace(file: IO[bytes], *, start: int, size: int, data: bytes) -> None:
    """Put data in the place of other data that is no longer, and move on what follows."""
    if len(data) == size:
        file.seek(start)
        file.write(data)
        return
    read_from, write_to, held = start + size, start, data
    while held:
        file.seek(read_from)
        follows = file.read(max(len(data), _MOVED_AT_ONCE_BYTES))
        read_from += len(follows)
        file.seek(write_to)
        write_to += file.write(held)
        held = follows
