"""Tracks of an MP4 that begin late, written so that every player begins them in time.

An edit list says for how long nothing is shown in ticks of the movie. Firefox takes them for ticks
of the track, so for tracks that are late the two are made the same.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from vidclf.sinks.movie_boxes import (
    Box,
    Header,
    read_edits,
    read_numbers,
    write_edits,
    write_numbers,
)
from vidclf.sinks.movie_index import change_index


def align_late_tracks(path: Path) -> None:
    """Let the movie of a written file, and its late tracks, count in one and the same timescale.

    That is the least common multiple of the late tracks' timescales: a track that is late alone
    keeps its own, and each begins exactly when it did. Frames and samples keep their times. A file
    is left as it is where nothing is late, or where its numbers cannot hold the ticks.

    Args:
        path: An MP4 or MOV with its index in front.
    """
    change_index(path, _align)


def _align(movie: Box) -> None:
    late = [track for track in movie.all(b"trak") if _is_late(track)]
    if late:
        _count_in(math.lcm(*map(_timescale, late)), movie, late)


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
