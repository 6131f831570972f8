"""The body of an HTTP request, bounded while it comes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vidclf.serving import limits
from vidclf.serving.problems import ProblemError

if TYPE_CHECKING:
    from starlette.requests import Request


class BodyBudget:
    """How many bytes the bodies of all requests hold that are not answered yet."""

    def __init__(self) -> None:
        self._bytes = 0

    @contextmanager
    def share(self) -> Iterator[BodyShare]:
        """One request's share, given back at the end."""
        share = BodyShare(self)
        try:
            yield share
        finally:
            self._bytes -= share.bytes

    def take(self, count: int) -> None:
        """Count bytes that came.

        Raises:
            ProblemError: all together are more than the server holds.
        """
        if self._bytes + count > limits.MOST_HELD_BYTES:
            raise ProblemError(
                "overloaded", "the server holds as many pictures as it can: try again later"
            )
        self._bytes += count


class BodyShare:
    """What one request holds of all.

    Args:
        held: what all hold.
    """

    def __init__(self, held: BodyBudget) -> None:
        self.bytes = 0
        self._held = held

    async def read(self, request: Request, *, most: int) -> bytes:
        """The whole body.

        Args:
            request: the request.
            most: how many bytes it may have.

        Raises:
            ProblemError: it has more, or says so; or all requests hold too much.
            ClientDisconnect: the client went away before its end.
        """
        _check_size(_declared(request), most)
        chunks: list[bytes] = []
        async for chunk in request.stream():
            self._held.take(len(chunk))
            self.bytes += len(chunk)
            _check_size(self.bytes, most)
            chunks.append(chunk)
        return b"".join(chunks)


def _declared(request: Request) -> int:
    """What `Content-Length` says; h11 has seen that it is a number of at most 20 digits."""
    return int(request.headers.get("content-length", "0"))


def _check_size(count: int, most: int) -> None:
    if count > most:
        raise ProblemError(
            "too-large",
            f"the body has more than {most / 1e6:.0f} MB: send smaller pictures, or fewer at once",
        )
