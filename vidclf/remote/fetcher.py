"""The thread that fetches a file elsewhere: what is waited for first, then a way ahead."""

from __future__ import annotations

import math
from contextlib import closing

from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError
from vidclf.remote.blocks import BLOCK_BYTES, no_room
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading
from vidclf.remote.retries import Patience
from vidclf.remote.shared_blocks import SharedBlocks, Span
from vidclf.remote.transport import PassingError, Transport

logger = get_logger(__name__)


class Fetcher:
    """Fetches spans of a file and puts them, block by block, where readers find them."""

    def __init__(self, path: RemotePath, transport: Transport, blocks: SharedBlocks) -> None:
        self._path = path
        self._transport = transport
        self._blocks = blocks
        self._patience = Patience(path, sleep=blocks.pause, forgives=transport.has_ranges)
        self._place = 0
        self._begun = bytearray()
        self._is_new = True
        self.fetched_bytes = 0
        """How much came; what came twice counts twice."""

    @property
    def breaks(self) -> int:
        """How often the connection broke and was taken up again."""
        return self._patience.breaks

    def run(self) -> None:
        """Fetch until it is all over."""
        try:
            with reading(self._path):
                if self._transport.first_bytes:
                    self._fetch(Span(0, self._transport.first_bytes))
                while (span := self._blocks.next_span()) is not None:
                    self._fetch(span)
        except BaseException as exc:  # readers raise it in their threads
            self._blocks.fail(exc)

    def _fetch(self, span: Span) -> None:
        self._begin_at(span.start)
        stop = math.inf if span.stop is None else span.stop
        while self._place < stop:
            try:
                if not self._fetch_once(span):
                    return
            except PassingError as exc:
                if self._blocks.is_closing:
                    return
                self._patience.wait(exc)
                if not self._transport.has_ranges:
                    self._begin_at(0)

    def _fetch_once(self, span: Span) -> bool:
        """Fetch by one request; False where nobody wants the rest."""
        before = self._place
        with closing(self._transport.pieces(before, span.stop or 0)) as pieces:
            for piece in pieces:
                self._take(piece)
                if not self._blocks.goes_on(self._place, span.stop):
                    return False
        if not self._transport.has_ranges:
            self._end_stream(span.stop)
            return False
        if self._place == before:
            raise PassingError("the server sends nothing")
        return True

    def _end_stream(self, size_bytes: int | None) -> None:
        if size_bytes is not None and self._place < size_bytes:
            raise PassingError(f"the connection broke after {self._place} of {size_bytes} bytes")
        self._flush()
        self._blocks.end_at(self._place)

    def _begin_at(self, place: int) -> None:
        self._place = place
        self._begun.clear()

    def _take(self, piece: bytes) -> None:
        self.fetched_bytes += len(piece)
        self._patience.progress(len(piece))
        self._place += len(piece)
        self._begun += piece
        while len(self._begun) >= BLOCK_BYTES:
            number = (self._place - len(self._begun)) // BLOCK_BYTES
            self._put(number, bytes(self._begun[:BLOCK_BYTES]))
            del self._begun[:BLOCK_BYTES]
        if self._place == self._transport.info.size_bytes:
            self._flush()

    def _flush(self) -> None:
        """Put the last block, which is shorter."""
        if self._begun:
            self._put(self._place // BLOCK_BYTES, bytes(self._begun))
            self._begun.clear()

    def _put(self, number: int, data: bytes) -> None:
        try:
            self._blocks.put(number, data)
        except OSError as exc:
            raise SourceError(f"{self._path}: {no_room(exc)}") from exc
