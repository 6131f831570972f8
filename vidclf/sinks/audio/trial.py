"""Whether a kind of file takes a track's packets as they are, found out in a file that is nowhere.

A muxer may refuse sound when the header is written, at a packet, or when the index is, at the very
end of a file. The real one holds packets back, and then blames the picture that it is given next.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import av
from av.container import InputContainer

from vidclf.sinks.audio.clock import AudioPacket
from vidclf.sinks.container_formats import Container

_DECODED_PACKETS = 64
"""So many are decoded in search of sound."""

_MOST_PACKETS = 4096
"""Then a trial begins anew, as muxers remember every packet."""


class Trial:
    """A file that takes the packets of one track and keeps nothing.

    Args:
        stream: The track.
        container: What kind of file it is.

    Raises:
        av.FFmpegError: It takes no such track at all.
        ValueError: The same.
    """

    def __init__(self, stream: av.AudioStream, container: Container) -> None:
        self._stream = stream
        self._container = container
        self._begin()

    def refusal(self, packet: AudioPacket) -> str:
        """Why a packet would not get into the file; nothing if it would. It stays as it is."""
        if self._count == _MOST_PACKETS:
            with suppress(av.FFmpegError):
                self.close()
            self._begin()
        self._count += 1
        kept = packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration
        written_before = self._nowhere.written_bytes
        packet.stream = self._target
        try:
            self._output.mux(packet)
        except av.FFmpegError as exc:
            return exc.strerror or type(exc).__name__
        finally:
            packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = kept
        is_dropped = self._writes_at_once and self._nowhere.written_bytes == written_before
        return f"no whole packet of {self._target.codec_context.name}" if is_dropped else ""

    def close(self) -> None:
        """End the file.

        Raises:
            av.FFmpegError: Its index cannot be written.
        """
        self._output.close()

    def _begin(self) -> None:
        self._count = 0
        self._nowhere = _Nowhere()
        self._writes_at_once = self._container.format == "mp4"
        self._output = av.open(
            self._nowhere,
            "w",
            format=self._container.format,
            container_options={"flush_packets": "1"},
        )
        self._target = self._output.add_stream_from_template(self._stream)
        self._output.start_encoding()


def track_refusal(
    stream: av.AudioStream, packets: Sequence[AudioPacket], container: Container
) -> str:
    """Why a track cannot be copied into a kind of file; nothing if it can.

    Args:
        stream: The track.
        packets: Its first ones, which stay as they are.
        container: The kind of file.
    """
    try:
        trial = Trial(stream, container)
        reasons = [trial.refusal(packet) for packet in packets]
        trial.close()
    except (av.FFmpegError, ValueError) as exc:
        return getattr(exc, "strerror", None) or str(exc)
    return reasons[0] if all(reasons) else ""


def first_packet(source: InputContainer, index: int) -> AudioPacket | None:
    """The first packet of a track, read from a clip that is newly opened; None if it has none."""
    with suppress(av.FFmpegError):
        return next((packet for packet in _demux(source, index) if packet.size), None)
    return None


def decodes(source: InputContainer, index: int) -> bool:
    """Whether one of the first packets of a track, in a clip newly opened, gives sound."""
    with suppress(av.FFmpegError):
        return any(map(_gives_sound, islice(_demux(source, index), _DECODED_PACKETS)))
    return False


def _demux(source: InputContainer, index: int) -> Any:
    return source.demux(source.streams[index])


def _gives_sound(packet: AudioPacket) -> bool:
    try:
        return bool(packet.decode())
    except av.FFmpegError:
        return False


class _Nowhere(io.RawIOBase):
    """A file that only knows how long it is."""

    def __init__(self) -> None:
        self.written_bytes = 0
        self._position = 0
        self._size = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def write(self, data: Any, /) -> int:
        self.written_bytes += len(data)
        self._position += len(data)
        self._size = max(self._size, self._position)
        return len(data)
