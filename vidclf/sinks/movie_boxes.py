"""The index of an MP4 or MOV file: its boxes, read, changed and put back (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PARENTS = frozenset({b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"})
_UINT32_MAX = 2**32 - 1
_INT32_MAX = 2**31 - 1


@dataclass(slots=True, kw_only=True)
class Box:
    """A box of the index."""

    kind: bytes
    """Its four letters."""
    body: bytes = b""
    """What it holds, where that is no boxes."""
    children: list[Box] | None = None
    """The boxes in it, where they are all it holds."""

    def all(self, *path: bytes) -> Iterator[Box]:
        """The boxes below this one, along a path of kinds."""
        if not path:
            yield self
            return
        for child in self.children or ():
            if child.kind == path[0]:
                yield from child.all(*path[1:])

    def __bytes__(self) -> bytes:
        body = self.body if self.children is None else b"".join(map(bytes, self.children))
        return struct.pack(">I4s", 8 + len(body), self.kind) + body


def parse_box(data: bytes) -> Box:
    """A box of less than 4 GiB, its size and kind in front."""
    kind, body = data[4:8], data[8:]
    if kind not in _PARENTS:
        return Box(kind=kind, body=body)
    children = []
    while len(body) >= 8:
        size = int.from_bytes(body[:4], "big") or len(body)
        children.append(parse_box(body[:size]))
        body = body[size:]
    return Box(kind=kind, children=children)


@dataclass(slots=True, kw_only=True)
class Header:
    """What `mvhd`, `mdhd` and `tkhd` share: when a thing was made, and how long it lasts."""

    wide: bool
    """Whether times have 64 bits and not 32."""
    flags: bytes
    """Three bytes."""
    created: int
    """When it was made, in seconds."""
    changed: int
    """When it was changed last."""
    key: int
    """Ticks per second; of `tkhd`, the track's number."""
    duration: int
    """In ticks: the track's own in `mdhd`, else the movie's."""
    rest: bytes
    """What comes after."""

    @classmethod
    def read(cls, box: Box) -> Header:
        """Of a box of one of the three kinds."""
        wide = bool(box.body[0])
        layout = _header_layout(box.kind, wide=wide)
        created, changed, key, duration = layout.unpack_from(box.body, 4)
        return cls(
            wide=wide,
            flags=box.body[1:4],
            created=created,
            changed=changed,
            key=key,
            duration=duration,
            rest=box.body[4 + layout.size :],
        )

    def write(self, box: Box) -> None:
        """Put it into a box of its kind, in 64 bits where 32 are not enough."""
        wide = self.wide or self.duration >= _UINT32_MAX
        layout = _header_layout(box.kind, wide=wide)
        numbers = layout.pack(self.created, self.changed, self.key, self.duration)
        box.body = bytes([wide]) + self.flags + numbers + self.rest


def _header_layout(kind: bytes, *, wide: bool) -> struct.Struct:
    key = "I4x" if kind == b"tkhd" else "I"
    return struct.Struct(f">2Q{key}Q" if wide else f">2I{key}I")


@dataclass(slots=True, kw_only=True)
class Edit:
    """A line of an edit list: a stretch of the movie, and what of a track is shown in it."""

    duration: int
    """In ticks of the movie."""
    media_time: int
    """Where in the track it begins, in the track's ticks; -1 where nothing is shown."""
    rate: bytes
    """Four bytes."""


def read_edits(box: Box) -> list[Edit]:
    """The lines of an `elst`."""
    line = _edit_layout(wide=bool(box.body[0]))
    return [
        Edit(duration=duration, media_time=media_time, rate=rate)
        for duration, media_time, rate in line.iter_unpack(box.body[8:])
    ]


def write_edits(box: Box, edits: Sequence[Edit]) -> None:
    """Put lines into an `elst`, in 64 bits where 32 are not enough."""
    wide = box.body[0] == 1 or any(
        edit.duration > _UINT32_MAX or edit.media_time > _INT32_MAX for edit in edits
    )
    line = _edit_layout(wide=wide)
    lines = (line.pack(e.duration, e.media_time, e.rate) for e in edits)
    box.body = bytes([wide, 0, 0, 0]) + len(edits).to_bytes(4, "big") + b"".join(lines)


def _edit_layout(*, wide: bool) -> struct.Struct:
    return struct.Struct(">Qq4s" if wide else ">Ii4s")


def read_numbers(box: Box, kind: str) -> NDArray[np.int64]:
    """All numbers of a table, which stand behind its version and its count.

    Args:
        box: `stts` and `ctts` have pairs of a count and a number, `stco` and `co64` places.
        kind: NumPy's name of the numbers, big-endian: `>u4`.
    """
    return np.frombuffer(box.body[8:], kind).astype(np.int64)


def write_numbers(box: Box, numbers: NDArray[np.int64], kind: str) -> None:
    """Put numbers into a table that has as many.

    Raises:
        OverflowError: One is too large for its kind.
    """
    limits = np.iinfo(kind)
    if numbers.size and (numbers.max() > limits.max or numbers.min() < limits.min):
        raise OverflowError(f"a number of {box.kind!r} is beyond {limits.max}")
    box.body = box.body[:8] + numbers.astype(kind).tobytes()
