"""Parts of a file elsewhere that are here already, in a temporary file of bounded size."""

from __future__ import annotations

import os
import tempfile
from collections import OrderedDict

BLOCK_BYTES = 2**17
USUAL_BLOCKS = 2048
"""256 MiB: pictures, sound and index of a clip are read from places that are not farther apart."""


class BlockStore:
    """Blocks of a file by their number; with a bound, the one that was longest not used goes first.

    They lie in a temporary file without a name, which is gone with the process. Not safe for use by
    several threads at once.

    Args:
        most_blocks: how many are kept; None for all.
    """

    def __init__(self, most_blocks: int | None) -> None:
        self._most_blocks = most_blocks
        self._file = tempfile.TemporaryFile(prefix="vidclf-")  # noqa: SIM115 - closed by `close`
        self._slots: OrderedDict[int, tuple[int, int]] = OrderedDict()

    def __contains__(self, number: int) -> bool:
        return number in self._slots

    def put(self, number: int, data: bytes) -> None:
        """Keep a block of `BLOCK_BYTES`, or the shorter last one.

        Raises:
            OSError: there is no room on the disk of temporary files.
        """
        if number in self._slots:
            return
        if self._most_blocks is not None and len(self._slots) >= self._most_blocks:
            _, (slot, _) = self._slots.popitem(last=False)
        else:
            slot = len(self._slots)
        self._file.seek(slot * BLOCK_BYTES)
        self._file.write(data)
        self._slots[number] = slot, len(data)

    def read(self, number: int, start: int, stop: int) -> bytes:
        """Bytes of a block that is there, from `start` up to `stop` of it."""
        slot, length = self._slots[number]
        self._slots.move_to_end(number)
        self._file.seek(slot * BLOCK_BYTES + start)
        return self._file.read(max(0, min(stop, length) - start))

    def close(self) -> None:
        """Give the room back."""
        self._slots.clear()
        self._file.close()


def block_of(position: int) -> int:
    """The number of the block that a byte lies in."""
    return position // BLOCK_BYTES


def blocks_in(size_bytes: int) -> int:
    """How many blocks a file of this size has."""
    return -(-size_bytes // BLOCK_BYTES)


def no_room(exc: OSError) -> str:
    """What to do when `put` fails."""
    folder = tempfile.gettempdir() or os.curdir
    return f"no room for temporary files in {folder} ({exc.strerror}); free some, or set TMPDIR"
