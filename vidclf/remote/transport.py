"""What reads bytes of a file elsewhere: by HTTP, or by fsspec for buckets and all others."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from vidclf.remote.info import RemoteInfo


class PassingError(Exception):
    """A connection broke, or the server is busy: the same can be asked for again.

    It never leaves this room.
    """

    def __init__(self, reason: str, *, wait_seconds: float | None = None) -> None:
        """Say why, as the middle of a sentence, and how long the server asks to be left alone."""
        super().__init__(reason)
        self.reason = reason
        self.wait_seconds = wait_seconds


class Transport(Protocol):
    """An open file elsewhere. One thread uses it; only `break_off` may come from another."""

    info: RemoteInfo
    """What is known of it."""
    has_ranges: bool
    """Whether parts of it can be asked for; else it comes from its beginning, as one stream."""

    first_bytes: int
    """How much of its beginning the answer to the opening holds; 0 where there is none."""

    def pieces(self, start: int, stop: int) -> Generator[bytes]:
        """The bytes from `start` up to `stop`, in order, in pieces; some of them, if not all.

        Without ranges: all of the file from its beginning, whatever is asked for.

        Raises:
            PassingError: they can be asked for again.
            SourceError: they cannot be had, or are no longer those of the file that was opened.
        """
        ...

    def break_off(self) -> None:
        """Have `pieces` end soon, which may be waiting for the server."""
        ...

    def close(self) -> None:
        """Free the connection."""
        ...
