"""What the readers of a file elsewhere share with the thread that fetches it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Condition

from vidclf.errors import SourceError
from vidclf.remote.blocks import BLOCK_BYTES, BlockStore, block_of
from vidclf.remote.info import RemoteInfo
from vidclf.remote.remote_reader import RemoteReader

_MOST_BYTES_TO_WAIT = 2**20
"""A reader that waits elsewhere waits for no more than this of what nobody needs yet."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes to be fetched."""

    start: int
    """The first; a block begins there."""
    stop: int | None
    """Behind the last; None for the end of a file of unknown size."""


class SharedBlocks:
    """Blocks that are here, who reads them, and how it ends. Safe for use by several threads.

    Args:
        info: of the file.
        store: where blocks are kept.
        has_ranges: whether parts can be fetched in any order.
    """

    def __init__(self, info: RemoteInfo, store: BlockStore, *, has_ranges: bool) -> None:
        self._path = info.path
        self._size = info.size_bytes
        self._store = store
        self._has_ranges = has_ranges
        self._readers: list[RemoteReader] = []
        self._changed = Condition()
        self._wants_size = False
        self.failure: BaseException | None = None
        """What reading failed of."""
        self.is_closing = False
        """Whether nobody wants anything any more."""

    # What readers call

    def reader(self) -> RemoteReader:
        """A reader of its own, at the beginning."""
        reader = RemoteReader(self, self._path.name)
        with self._changed:
            self._readers.append(reader)
        return reader

    def forget(self, reader: RemoteReader) -> None:
        """Have nothing more fetched for a reader."""
        with self._changed:
            if reader in self._readers:
                self._readers.remove(reader)

    def read_at(self, reader: RemoteReader, most_bytes: int) -> bytes:
        """Bytes from a reader's place on, up to the end of a block; none at the end of the file.

        Raises:
            SourceError: they cannot be had.
        """
        start = reader.position
        number = block_of(start)
        with self._changed:
            reader.is_waiting = True
            self._changed.notify_all()  # there may be room ahead, too
            self._changed.wait_for(lambda: self._is_over or self._has(number, start))
            reader.is_waiting = False
            if number not in self._store:
                self._raise_failure()
                return b""
            offset = start - number * BLOCK_BYTES
            return self._store.read(number, offset, offset + most_bytes)

    def size_bytes(self) -> int:
        """The file's size; where the server does not tell, the whole file is waited for.

        Raises:
            SourceError: it cannot be had.
        """
        with self._changed:
            self._wants_size = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_over or self._size is not None)
            if self._size is None:
                self._raise_failure()
            assert self._size is not None
            return self._size

    def fail(self, failure: BaseException) -> None:
        """Have all readers stop with this."""
        with self._changed:
            self.failure = self.failure or failure
            self._changed.notify_all()

    def close(self) -> None:
        """Have nothing more fetched or read."""
        with self._changed:
            self.is_closing = True
            self._changed.notify_all()

    # What the fetching thread calls

    def next_span(self) -> Span | None:
        """What to fetch next, as soon as something is wanted; None when it is all over."""
        with self._changed:
            while not self._is_over:
                if (span := self._wanted()) is not None:
                    return span
                self._changed.wait()
        return None

    def goes_on(self, place: int, stop: int | None) -> bool:
        """Whether to fetch on from `place` up to `stop`; as one stream, once it is wanted."""
        with self._changed:
            if not self._has_ranges:
                self._changed.wait_for(lambda: self._is_over or self._is_wanted(place))
            elif stop is not None and stop - place > _MOST_BYTES_TO_WAIT:
                return not self._is_over and not self._waits_elsewhere(place, stop)
            return not self._is_over

    def put(self, number: int, data: bytes) -> None:
        """Add a block.

        Raises:
            OSError: there is no room on the disk of temporary files.
        """
        with self._changed:
            if not self.is_closing:
                self._store.put(number, data)
            self._changed.notify_all()

    def end_at(self, size_bytes: int) -> None:
        """Note the size, which nobody knew before the end."""
        with self._changed:
            self._size = size_bytes
            self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Wait, but not when it is all over."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over, seconds)

    @property
    def _is_over(self) -> bool:
        return self.is_closing or self.failure is not None

    def _has(self, number: int, place: int) -> bool:
        """Whether a block is here, or the place behind the end of the file."""
        return number in self._store or (self._size is not None and place >= self._size)

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure
        if self.is_closing:
            raise SourceError(f"{self._path}: was closed")

    def _wanted(self) -> Span | None:
        for reader in sorted(self._readers, key=lambda reader: not reader.is_waiting):
            if (span := self._wanted_by(reader)) is not None:
                return span if self._has_ranges else Span(0, self._size)
        return Span(0, None) if self._wants_size and self._size is None else None

    def _wanted_by(self, reader: RemoteReader) -> Span | None:
        """What is missing at a reader's place, or in the near half of the way ahead of it."""
        if not (reader.is_waiting or reader.position):
            return None  # it has not begun
        ahead = reader.ahead_bytes
        end = reader.position + ahead
        if self._size is not None:
            end = min(end, self._size)
        numbers = range(block_of(reader.position), block_of(end - 1) + 1)
        first = next((number for number in numbers if number not in self._store), None)
        if first is None or (first * BLOCK_BYTES - reader.position) * 2 > ahead:
            return None
        behind = (number for number in numbers if number > first and number in self._store)
        stop = next(behind, numbers.stop) * BLOCK_BYTES
        return Span(first * BLOCK_BYTES, stop if self._size is None else min(stop, self._size))

    def _is_wanted(self, place: int) -> bool:
        wants_all = self._wants_size and self._size is None
        return wants_all or any(r.position + r.ahead_bytes > place for r in self._readers)

    def _waits_elsewhere(self, place: int, stop: int) -> bool:
        return any(
            reader.is_waiting
            and block_of(reader.position) not in self._store
            and not block_of(place) <= block_of(reader.position) < block_of(stop)
            for reader in self._readers
        )
