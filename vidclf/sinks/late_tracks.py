"""Tracks of an MP4 that begin late, written so that every player begins them in time.

An edit list says for how long nothing is shown in ticks of the movie. Firefox takes them for ticks
of the track, so for tracks that are late the two are made the same.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from pathlib import Path
from typing import IO

from vidclf.sinks.movie_boxes import (
    Box,
    Header,
    parse_box,
    read_edits,
    read_numbers,
    write_edits,
    write_numbers,
)

_MOVED_AT_ONCE_BYTES = 1 << 20


def align_late_tracks(path: Path) -> None:
    """Let the movie of a written file, and its late tracks, count in one and the same timescale.

    That is the least common multiple of the late tracks' timescales: a track that is late alone
    keeps its own, and each begins exactly when it did. Frames and samples keep their times. A file
    is left as it is where nothing is late, or where its numbers cannot hold the ticks.

    Args:
        path: An MP4 or MOV with its index in front.
    """
    with path.open("r+b") as file:
        start, size = _place_of_index(file)
        file.seek(start)
        movie = parse_box(file.read(size))
        late = [track for track in movie.all(b"trak") if _is_late(track)]
        if not late:
            return
        try:
            _count_in(math.lcm(*map(_timescale, late)), movie, late)
            index = bytes(movie)
            _move_chunks(movie, len(index) - size)
        except (OverflowError, struct.error):
            return
        _replace(file, start=start, size=size, data=bytes(movie))


def _place_of_index(file: IO[bytes]) -> tuple[int, int]:
    """Where the box `moov` begins, and how long it is."""
    start = 0
    while True:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"moov":
            return start, size
        start += struct.unpack(">Q", file.read(8))[0] if size == 1 else size


def _is_late(track: Box) -> bool:
    """Whether it is pictures or sound, and first of all nothing is shown of it."""
    handlers = [box.body[8:12] for box in track.all(b"mdia", b"hdlr")]
    edits = [edit for box in track.all(b"edts", b"elst") for edit in read_edits(box)]
    return handlers[0] in (b"vide", b"soun") and bool(edits) and edits[0].media_time < 0


def _timescale(track: Box) -> int:
    (box,) = track.all(b"mdia", b"mdhd")
    return Header.read(box).key


def _count_in(timescale: int, movie: Box, late: list[Box]) -> None:
    for track in late:
        _refine(track, timescale // _timescale(track))
    (box,) = movie.all(b"mvhd")
    header = Header.read(box)
    ratio = Fraction(timescale, header.key)
    header.key = timescale
    header.duration = math.ceil(header.duration * ratio)
    header.write(box)
    for track in movie.all(b"trak"):
        _scale_edits(track, ratio)


def _refine(track: Box, factor: int) -> None:
    """Count a track's own time in so many ticks for one."""
    (box,) = track.all(b"mdia", b"mdhd")
    header = Header.read(box)
    header.key *= factor
    header.duration *= factor
    header.write(box)
    for table, numbers in ((b"stts", ">u4"), (b"ctts", ">i4")):
        for box in track.all(b"mdia", b"minf", b"stbl", table):
            runs = read_numbers(box, numbers)
            runs[1::2] *= factor
            write_numbers(box, runs, numbers)
    for box in track.all(b"edts", b"elst"):
        edits = read_edits(box)
        for edit in edits:
            edit.media_time *= factor if edit.media_time > 0 else 1
        write_edits(box, edits)


def _scale_edits(track: Box, ratio: Fraction) -> None:
    """Count in other ticks of the movie; where they are coarser, no frame at the end is lost."""
    for box in track.all(b"tkhd"):
        header = Header.read(box)
        header.duration = math.ceil(header.duration * ratio)
        header.write(box)
    for box in track.all(b"edts", b"elst"):
        edits = read_edits(box)
        for edit in edits:
            ticks = edit.duration * ratio
            edit.duration = round(ticks) if edit.media_time < 0 else math.ceil(ticks)
        write_edits(box, edits)


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
