"""A file elsewhere, read by several readers at once as if it lay on a disk.

What was fetched is kept in a `BlockStore`, so that it comes once, whoever reads it. A thread of its
own fetches what a reader waits for, and then a bounded way ahead of each.
"""

from __future__ import annotations

from contextvars import copy_context
from threading import Thread
from types import TracebackType
from typing import Self

from vidclf.core.file_digest import content_digest
from vidclf.remote.blocks import USUAL_BLOCKS, BlockStore
from vidclf.remote.fetcher import Fetcher
from vidclf.remote.info import RemoteInfo
from vidclf.remote.opening import open_transport
from vidclf.remote.path import RemotePath
from vidclf.remote.remote_reader import ReaderForFfmpeg, RemoteReader
from vidclf.remote.shared_blocks import SharedBlocks

_CLOSING_SECONDS = 5.0


class RemoteFile:
    """An open file elsewhere; a context manager.

    Raises:
        SourceError: it cannot be read; the message says why and what to do.
    """

    def __init__(self, path: RemotePath) -> None:
        self.path = path
        self._transport = open_transport(path)
        self._store = BlockStore(USUAL_BLOCKS if self.has_ranges else None)
        self._blocks = SharedBlocks(self.info, self._store, has_ranges=self.has_ranges)
        self._fetcher = Fetcher(path, self._transport, self._blocks)
        in_context = copy_context().run  # warnings belong to the run that opened the file
        self._thread = Thread(target=in_context, args=(self._fetcher.run,), daemon=True)
        self._thread.start()

    @property
    def info(self) -> RemoteInfo:
        """What its server tells of it."""
        return self._transport.info

    @property
    def has_ranges(self) -> bool:
        """Whether parts of it can be fetched in any order; else it comes as one stream."""
        return self._transport.has_ranges

    @property
    def breaks(self) -> int:
        """How often its connection broke and was taken up again."""
        return self._fetcher.breaks

    @property
    def fetched_bytes(self) -> int:
        """How much came so far."""
        return self._fetcher.fetched_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop fetching and drop what is here."""
        self._blocks.close()
        self._transport.break_off()
        self._thread.join(_CLOSING_SECONDS)
        self._transport.close()
        self._store.close()

    def reader(self) -> RemoteReader:
        """A reader of its own, at the beginning."""
        return self._blocks.reader()

    def reader_for_ffmpeg(self) -> ReaderForFfmpeg:
        """The same for FFmpeg; ask `check` when it has come to an end."""
        return ReaderForFfmpeg(self.reader(), self._blocks)

    def check(self) -> None:
        """Raise what reading failed of: FFmpeg makes of it an end, or an error of its own.

        Raises:
            SourceError: the file could not be read on.
        """
        if self._blocks.failure is not None:
            raise self._blocks.failure

    def size_bytes(self) -> int:
        """Its size; where the server does not tell, the whole file is waited for.

        Raises:
            SourceError: it cannot be read so far.
        """
        return self._blocks.size_bytes()

    def start(self, most_bytes: int) -> bytes:
        """Its first bytes.

        Raises:
            SourceError: they cannot be read.
        """
        return self._span(0, most_bytes)

    def end(self, most_bytes: int) -> bytes:
        """Its last bytes.

        Raises:
            SourceError: they cannot be read.
        """
        return self._span(max(0, self.size_bytes() - most_bytes), most_bytes)

    def digest(self) -> str | None:
        """What tells it from others (`file_digest`); None of a stream, whose end is far.

        Raises:
            SourceError: its beginning or end cannot be read.
        """
        return content_digest(self.size_bytes(), self.start, self.end) if self.has_ranges else None

    def _span(self, start: int, most_bytes: int) -> bytes:
        reader = self.reader()
        reader.seek(start)
        data = bytearray()
        while len(data) < most_bytes and (part := reader.read(most_bytes - len(data))):
            data += part
        reader.close()
        return bytes(data)
