"""One reader of a file elsewhere, as a Python file."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from vidclf.remote.blocks import BLOCK_BYTES

if TYPE_CHECKING:
    from vidclf.remote.shared_blocks import SharedBlocks

WINDOW_BYTES = 8 * 2**20
"""No more than this is fetched ahead of a reader."""
_LEAST_AHEAD_BYTES = 2 * BLOCK_BYTES
"""After a jump; the way ahead grows with what is read from there on."""
_SHORT_JUMP_BYTES = 4 * BLOCK_BYTES
"""A jump ahead that leads no farther is as good as reading on."""


class RemoteReader:
    """A place in a file elsewhere: `read`, `seek` and `tell`, as PyAV wants them.

    Args:
        blocks: what is read.
        name: the file's name without folders, by whose ending FFmpeg guesses the format.
    """

    def __init__(self, blocks: SharedBlocks, name: str) -> None:
        self.name = name
        self.position = 0
        """Where the next byte is read."""
        self.is_waiting = False
        """Whether somebody waits for that byte now."""
        self._blocks = blocks
        self._run_bytes = 0
        self._expected = 0

    @property
    def ahead_bytes(self) -> int:
        """How far ahead of it bytes should be fetched."""
        return min(WINDOW_BYTES, max(_LEAST_AHEAD_BYTES, self._run_bytes))

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, at least one; none at the end of the file.

        Raises:
            SourceError: the file cannot be read on.
        """
        if not 0 <= self.position - self._expected <= _SHORT_JUMP_BYTES:
            self._run_bytes = 0
        data = self._blocks.read_at(self, size)
        self._run_bytes += len(data)
        self.position += len(data)
        self._expected = self.position
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go elsewhere; nothing is fetched."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.position}.get(whence)
        if base is None:
            base = self._blocks.size_bytes()
        if base + offset < 0:
            raise io.UnsupportedOperation("a place before the beginning of a file")
        self.position = base + offset
        return self.position

    def tell(self) -> int:
        """Where it is."""
        return self.position

    def close(self) -> None:
        """Have nothing more fetched for it."""
        self._blocks.forget(self)


class ReaderForFfmpeg:
    """The same for FFmpeg's calls for bytes, which drop or put off what is raised in them.

    So a failure reads as the end of the file, and so does Ctrl-C; `RemoteFile.check` raises it.
    """

    def __init__(self, reader: RemoteReader, blocks: SharedBlocks) -> None:
        self.name = reader.name
        self._reader = reader
        self._blocks = blocks

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end, or where reading fails."""
        try:
            return self._reader.read(size)
        except BaseException as exc:
            self._blocks.fail(exc)
            return b""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go elsewhere; -1 where that fails."""
        try:
            return self._reader.seek(offset, whence)
        except io.UnsupportedOperation:
            return -1
        except BaseException as exc:
            self._blocks.fail(exc)
            return -1

    def tell(self) -> int:
        """Where it is."""
        return self._reader.tell()

    def close(self) -> None:
        """Have nothing more fetched for it."""
        self._reader.close()
