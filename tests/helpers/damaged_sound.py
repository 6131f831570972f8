"""Clips whose sound is damaged in one place: made by copying packets, or by changing bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import av

_TOLD_APART = 12
"""So many bytes tell packets apart, and lie within one packet of a transport stream."""

_STAMP_OFFSET = 3
"""Bytes from the time of a Matroska block to its data, where the time has two of them."""


def with_moved_sound(path: Path, target: Path, moved_seconds: Callable[[float], float]) -> Path:
    """A copy of a clip in which each audio packet stands as much later as its time tells."""
    with av.open(str(path)) as source, av.open(str(target), "w") as output:
        targets = [output.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size:
                if packet.stream.type == "audio":
                    seconds = moved_seconds(float(packet.pts * packet.time_base))
                    packet.pts += round(seconds / packet.time_base)
                    packet.dts = packet.pts
                packet.stream = targets[packet.stream_index]
                output.mux(packet)
    return target


def with_stamps_moved(path: Path, numbers: Iterable[int], seconds: float) -> Path:
    """Change a Matroska clip so that packets of its last track claim to stand so much later.

    Args:
        path: the clip, each of whose packets is a block of its own.
        numbers: which packets of the track.
        seconds: by how much, up to 32 s.
    """
    data = bytearray(path.read_bytes())
    places = _places(path, data)
    for place in [places[number] - _STAMP_OFFSET for number in numbers]:
        stamp = int.from_bytes(data[place : place + 2], "big", signed=True) + round(1000 * seconds)
        data[place : place + 2] = stamp.to_bytes(2, "big", signed=True)
    path.write_bytes(data)
    return path


def with_zeros(path: Path, numbers: Iterable[int], *, size: int = 40) -> Path:
    """Change a clip so that some packets of its last track begin with zeros."""
    data = bytearray(path.read_bytes())
    places = _places(path, data)
    for place in [places[number] for number in numbers]:
        data[place : place + size] = bytes(size)
    path.write_bytes(data)
    return path


def without_codec_private(path: Path) -> Path:
    """Change a Matroska clip with Opus or FLAC so that nothing is told to their decoders."""
    data = path.read_bytes()
    path.write_bytes(re.sub(rb"\x63\xa2(?=.(OpusHead|fLaC))", b"\x63\xa3", data, flags=re.DOTALL))
    return path


def _places(path: Path, data: bytes | bytearray) -> list[int]:
    """Where each packet of the last track begins in the file."""
    places, place = [], 0
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams[-1]):
            if packet.size:
                place = data.index(bytes(packet)[:_TOLD_APART], place + 1)
                places.append(place)
    return places
