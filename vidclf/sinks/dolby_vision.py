"""Dolby Vision in copies that are MOV, where FFmpeg's muxer leaves out what says so."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from vidclf.sinks.movie_boxes import Box
from vidclf.sinks.movie_index import change_index, read_index

_DESCRIPTION_AT = 8 + 86
"""Where the boxes in the first entry of a video's `stsd` begin (ISO/IEC 14496-12, 12.1.3)."""


def copy_dolby_vision(clip: Path, copy: Path) -> None:
    """Describe each video track of a copy as Dolby Vision where the clip's is.

    Args:
        clip: An MP4 or MOV.
        copy: Its copy, with the index in front and as many video tracks.
    """
    visions = [_vision(box) for box in _descriptions(read_index(clip))]
    if any(visions):
        change_index(copy, partial(_add, visions=visions))


def _descriptions(movie: Box) -> list[Box]:
    """The `stsd` of each video track."""
    return [
        box
        for track in movie.all(b"trak")
        if any(handler.body[8:12] == b"vide" for handler in track.all(b"mdia", b"hdlr"))
        for box in track.all(b"mdia", b"minf", b"stbl", b"stsd")
    ]


def _vision(description: Box) -> bytes:
    """The box `dvcC`, `dvvC` or `dvwC`; nothing where there is none."""
    rest = description.body[_DESCRIPTION_AT:]
    while len(rest) >= 8 and (size := int.from_bytes(rest[:4], "big")) >= 8:
        if rest[4:8] in (b"dvcC", b"dvvC", b"dvwC"):
            return rest[:size]
        rest = rest[size:]
    return b""


def _add(movie: Box, visions: list[bytes]) -> None:
    for box, vision in zip(_descriptions(movie), visions, strict=False):
        head, entry = box.body[:8], box.body[8:]
        if vision and len(entry) == int.from_bytes(entry[:4], "big"):
            size = (len(entry) + len(vision)).to_bytes(4, "big")
            box.body = head + size + entry[4:] + vision
