"""Damage to the bytes of a file, and to the times of the packets in a clip."""

from __future__ import annotations

import io
from contextlib import suppress
from random import Random

import av

_EXTREMES = (0, 1, -1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1)
_WIDTHS = (1, 2, 4, 8)
_HEADER_BYTES = 600
_CLOCKS = ("matroska", "mp4", "mov", "avi", "asf", "flv", "mpegts", "mpeg", "ogg", "nut")
"""Containers that can be written again with other times."""
_CONTAINER_OF_SUFFIX = {
    ".mkv": "matroska", ".webm": "matroska", ".mp4": "mp4", ".mov": "mov", ".avi": "avi",
    ".wmv": "asf", ".flv": "flv", ".ts": "mpegts", ".mpg": "mpeg", ".ogv": "ogg",
}  # fmt: skip


def damaged(data: bytes, random: Random, *, other: bytes) -> tuple[bytes, str]:
    """Damage a file in one to three ways.

    Args:
        data: what is in it.
        random: decides.
        other: another file, of which a piece may get into this one.

    Returns:
        What is in the damaged file, and the ways in words.
    """
    told = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        way = random.choice(_WAYS)
        data = way(data, random, other) if data else other[: random.randrange(1, 64)]
        told.append(way.__name__.replace("_", " ").strip())
    return data, ", ".join(told)


def place(data: bytes, random: Random) -> int:
    """A place in a file: in half of all cases near its beginning or end, where headers are."""
    size = len(data)
    if random.random() < 0.5:
        return random.randrange(size)
    near = random.randrange(min(size, _HEADER_BYTES))
    return near if random.random() < 0.6 else size - 1 - near


def _bits_flipped(data: bytes, random: Random, _: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5, 20, 100))):
        changed[place(data, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _bytes_replaced(data: bytes, random: Random, _: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 2, 5, 20))):
        changed[place(data, random)] = random.randrange(256)
    return bytes(changed)


def _number_replaced(data: bytes, random: Random, _: bytes) -> bytes:
    """An extreme number where a header may have another one."""
    width, order = random.choice(_WIDTHS), random.choice(("big", "little"))
    number = random.choice(_EXTREMES) % (1 << 8 * width)
    start = place(data, random)
    return data[:start] + number.to_bytes(width, order) + data[start + width :]


def _block_zeroed(data: bytes, random: Random, _: bytes) -> bytes:
    start, stop = _block(data, random)
    return data[:start] + bytes(stop - start) + data[stop:]


def _block_removed(data: bytes, random: Random, _: bytes) -> bytes:
    start, stop = _block(data, random)
    return data[:start] + data[stop:]


def _block_doubled(data: bytes, random: Random, _: bytes) -> bytes:
    start, stop = _block(data, random)
    return data[:stop] + data[start:]


def _noise_inserted(data: bytes, random: Random, _: bytes) -> bytes:
    start = place(data, random)
    return data[:start] + random.randbytes(random.choice((1, 4, 64, 1000))) + data[start:]


def _end_cut_off(data: bytes, random: Random, _: bytes) -> bytes:
    return data[: place(data, random)]


def _beginning_cut_off(data: bytes, random: Random, _: bytes) -> bytes:
    return data[place(data, random) :]


def _other_file_spliced(data: bytes, random: Random, other: bytes) -> bytes:
    start, stop = _block(other, random)
    here = place(data, random)
    return data[:here] + other[start:stop] + data[here + random.choice((0, stop - start)) :]


def _other_file_goes_on(data: bytes, random: Random, other: bytes) -> bytes:
    here = place(data, random)
    return data[:here] + other[random.choice((0, here % len(other))) :]


def _block(data: bytes, random: Random) -> tuple[int, int]:
    start = place(data, random)
    return start, min(len(data), start + random.choice((1, 2, 4, 8, 16, 100, 1000, 10_000)))


_WAYS = (
    _bits_flipped, _bits_flipped, _bytes_replaced, _number_replaced, _number_replaced,
    _block_zeroed, _block_removed, _block_doubled, _noise_inserted, _end_cut_off,
    _beginning_cut_off, _other_file_spliced, _other_file_goes_on,
)  # fmt: skip


# --- times --------------------------------------------------------------------------------------


def has_clock(suffix: str) -> bool:
    """Whether a clip with this suffix can be written again with other times."""
    return suffix in _CONTAINER_OF_SUFFIX


def retimed(data: bytes, suffix: str, random: Random) -> tuple[bytes, str]:
    """Write a clip again, packet by packet, with wrong times or packets in one of its streams.

    Returns:
        The clip, as far as the container took the packets, and what was done, in words.
    """
    change = random.choice(list(_CHANGES))
    out = io.BytesIO()
    with av.open(io.BytesIO(data)) as source:
        packets = [packet for packet in source.demux() if packet.dts is not None]
        stream = random.choice(source.streams)
        told = f"{stream.type}: {change}"
        mine = [index for index, packet in enumerate(packets) if packet.stream is stream]
        if mine:
            _CHANGES[change](packets, mine, random)
        options = {"fflags": "+bitexact"}
        container = _CONTAINER_OF_SUFFIX[suffix]
        with (
            suppress(av.FFmpegError),  # an end that it does not write
            av.open(out, "w", format=container, container_options=options) as target,
        ):
            copies = {
                one: target.add_stream_from_template(one, opaque=True) for one in source.streams
            }
            for packet in packets:
                packet.stream = copies[packet.stream]
                with suppress(av.FFmpegError, ValueError):  # a time that it does not take
                    target.mux_one(packet)
    return out.getvalue(), told


def _shifted(packet: av.Packet, seconds: float) -> None:
    ticks = round(seconds / packet.time_base)
    packet.dts += ticks
    if packet.pts is not None:
        packet.pts += ticks


def _one_moved(packets: list[av.Packet], mine: list[int], random: Random) -> None:
    _shifted(packets[random.choice(mine)], _span(random))


def _all_moved_from_here(packets: list[av.Packet], mine: list[int], random: Random) -> None:
    start, seconds = random.choice(mine), _span(random)
    for index in mine:
        if index >= start:
            _shifted(packets[index], seconds)


def _only_shown_otherwise(packets: list[av.Packet], mine: list[int], random: Random) -> None:
    packet = packets[random.choice(mine)]
    if packet.pts is not None:
        packet.pts += round(_span(random) / packet.time_base)


def _some_left_out(packets: list[av.Packet], mine: list[int], random: Random) -> None:
    for index in sorted(random.sample(mine, max(1, len(mine) // 3)), reverse=True):
        del packets[index]


def _first_left_out(packets: list[av.Packet], mine: list[int], random: Random) -> None:
    for index in sorted(mine[: random.randrange(1, 4)], reverse=True):
        del packets[index]


def _one_doubled(packets: list[av.Packet], mine: list[int], random: Random) -> None:
    index = random.choice(mine)
    old = packets[index]
    twin = av.Packet(bytes(old))
    twin.stream, twin.time_base = old.stream, old.time_base
    twin.pts, twin.dts = old.pts, old.dts
    packets.insert(index + 1, twin)


def _span(random: Random) -> float:
    seconds = random.choice((0.1, 0.5, 2, 10, 60, 600, 3600, 10 * 3600, 100 * 3600))
    return seconds * random.choice((1, 1, -1))


_CHANGES = {
    "one packet at another time": _one_moved,
    "all packets later from one on": _all_moved_from_here,
    "one packet shown at another time": _only_shown_otherwise,
    "a third of the packets left out": _some_left_out,
    "the first packets left out": _first_left_out,
    "one packet twice": _one_doubled,
}
