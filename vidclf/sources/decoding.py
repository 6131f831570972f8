"""From packets to frames: every frame that can be decoded, also from damaged files."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Literal

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidclf.sources.picture_size import MOST_MOVING_PIXELS
from vidclf.sources.read_report import SourceReport

Reopen = Callable[[], AbstractContextManager[VideoCodecContext]]
"""Gives a fresh decoder for the same stream."""

_REORDER = 16
"""The most frames that H.264 and HEVC hold back to put them in order."""
_THREADS = 3
"""Not by the cores: what a decoder makes up for damaged parts depends on how many threads it has,
and no table may depend on the machine. FFmpeg takes as many on two cores."""
_HIDE_FRAMES = ("av1", "vp8", "vp9")
"""Codecs in which a packet without a picture is nothing unusual."""
_MOST_KEPT_BYTES = 128 * 2**20


class Decoder:
    """Decodes one stream with frame threads, and loses nothing at the end by doing so.

    Packets carry a ticket, and the decoder hands each frame the ticket of its packet
    (`AV_CODEC_FLAG_COPY_OPAQUE`). With frame threads the errors of the last packets surface only
    when the decoder is drained; PyAV then drops them together with every frame still to come, and
    cannot be asked again. So the packets since a recent key frame are kept, and when some of the
    last ones gave neither frame nor error, those are decoded again with one thread.
    """

    def __init__(self, stream: VideoStream, *, report: SourceReport, reopen: Reopen) -> None:
        self._context = stream.codec_context
        _prepare(self._context, threads="AUTO")
        self._report = report
        self._reopen = reopen
        self._tail = _Tail()

    def frames(self, packets: Iterable[Packet[VideoStream]]) -> Generator[VideoFrame, None, None]:
        """Every frame in presentation order; packets that give an error are counted and skipped."""
        try:
            for packet in packets:
                self._tail.keep(packet, number=self._report.packets_read, depth=self._depth)
                self._report.packets_read += 1
                yield from self._tail.answered(self._decode(packet))
            yield from self._tail.answered(_decode(self._context, None) or [])
            if self._tail.unanswered(self._depth):
                yield from self._rescue()
            self._count_silent_losses()
        finally:
            # Freeing a decoder holds the GIL while it waits for its threads, and these want the
            # GIL to free a ticket; so have them done with everything before.
            self._context.flush_buffers()

    @property
    def _depth(self) -> int:
        """How many packets the decoder may hold at most."""
        return max(self._context.thread_count, 1) + _REORDER

    def _decode(self, packet: Packet[VideoStream]) -> list[VideoFrame]:
        frames = _decode(self._context, packet)
        self._report.packets_lost += frames is None
        return frames or []

    def _rescue(self) -> Iterator[VideoFrame]:
        """Decode the tail again; where the file is gone by now, what is missing is lost."""
        try:
            yield from self._decode_tail()
        except (OSError, av.FFmpegError) as exc:
            self._report.packets_lost += len(self._tail.missing())
            self._report.note(f"the end could not be decoded again ({exc.strerror or exc})")

    def _decode_tail(self) -> Iterator[VideoFrame]:
        in_threads = self._report.packets_read - max(self._context.thread_count - 1, 0)
        missing = self._tail.missing()
        with self._reopen() as context:
            _prepare(context, threads="NONE")
            for number, packet in self._tail.packets:
                frames = _decode(context, packet)
                # Errors of earlier packets surfaced, and were counted, in their time.
                self._report.packets_lost += frames is None and number >= in_threads
                yield from self._tail.answered(frames or [], only=missing)
            yield from self._tail.answered(_decode(context, None) or [], only=missing)

    def _count_silent_losses(self) -> None:
        """After an error H.264 and others leave frames out, without a word, up to a key frame."""
        if self._report.packets_lost and self._context.codec.canonical_name not in _HIDE_FRAMES:
            self._report.packets_lost = max(self._report.packets_lost, self._tail.without_frame)


def _prepare(context: VideoCodecContext, *, threads: Literal["AUTO", "NONE"]) -> None:
    """Set up a decoder before its first packet; packets with larger pictures give an error."""
    context.thread_type = threads
    context.thread_count = _THREADS
    context.copy_opaque = True
    context.options = {"max_pixels": str(MOST_MOVING_PIXELS)}


def _decode(
    context: VideoCodecContext, packet: Packet[VideoStream] | None
) -> list[VideoFrame] | None:
    """The frames that a packet brings out, or that draining (None) does; None after an error."""
    try:
        return context.decode(packet)
    except av.FFmpegError:  # ENOMEM too: a damaged size asks for more than there is.
        return None


class _Ticket:
    """Stands for one packet. An object of its own, as PyAV finds opaque values by their `id`."""

    __slots__ = ("answered", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.answered = False


class _Tail:
    """The last packets from a key frame on, and which of them gave a frame."""

    def __init__(self) -> None:
        self._kept: deque[tuple[_Ticket, Packet[VideoStream]]] = deque()
        self._key_numbers: deque[int] = deque()
        self._bytes = 0
        self._forgotten_without_frame = 0
        self._last_pts: int | None = None

    @property
    def without_frame(self) -> int:
        """How many packets gave no frame, save those that an edit list hides."""
        return self._forgotten_without_frame + sum(map(_is_silent, self._kept))

    @property
    def packets(self) -> Iterator[tuple[int, Packet[VideoStream]]]:
        """The packets kept, with their numbers."""
        return ((ticket.number, packet) for ticket, packet in self._kept)

    def keep(self, packet: Packet[VideoStream], *, number: int, depth: int) -> None:
        """Give the packet a ticket and keep it; forget what lies before an old enough key frame."""
        packet.opaque = ticket = _Ticket(number)
        if packet.is_keyframe or not number:
            self._key_numbers.append(number)
        if not self._key_numbers:
            return
        self._kept.append((ticket, packet))
        self._bytes += packet.size
        while len(self._key_numbers) > 1 and number - self._key_numbers[1] >= depth:
            self._forget_one_group()
        while self._bytes > _MOST_KEPT_BYTES:
            self._forget_one_group()

    def answered(
        self, frames: list[VideoFrame], *, only: Container[object] | None = None
    ) -> Iterator[VideoFrame]:
        """The frames, their packets' tickets marked; with `only`, those of these tickets."""
        for frame in frames:
            ticket = frame.opaque
            if only is not None and ticket not in only:
                continue
            if isinstance(ticket, _Ticket):
                ticket.answered = True
            self._last_pts = frame.pts
            yield frame

    def missing(self) -> set[_Ticket]:
        """The tickets that were not answered, and whose frames belong behind all that came.

        A frame that is missing farther back was lost to an error before; it would come too late.
        """
        return {t for t, packet in self._kept if not t.answered and self._is_later(packet)}

    def _is_later(self, packet: Packet[VideoStream]) -> bool:
        return packet.pts is None or self._last_pts is None or packet.pts > self._last_pts

    def unanswered(self, depth: int) -> bool:
        """Whether one of the last `depth` packets that should be shown gave no frame."""
        return any(map(_is_silent, list(self._kept)[-depth:]))

    def _forget_one_group(self) -> None:
        self._key_numbers.popleft()
        end = self._key_numbers[0] if self._key_numbers else None
        while self._kept and (end is None or self._kept[0][0].number < end):
            gone = self._kept.popleft()
            self._bytes -= gone[1].size
            self._forgotten_without_frame += _is_silent(gone)


def _is_silent(kept: tuple[_Ticket, Packet[VideoStream]]) -> bool:
    ticket, packet = kept
    return not ticket.answered and not packet.is_discard
