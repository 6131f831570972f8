"""Bytes over a socket, as no library would send them, and what comes back."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """One answer, taken apart; status 0 where the connection ended without one."""

    status: int
    """Of the first line."""
    headers: dict[str, str]
    """By their names in lower case."""
    body: bytes
    """All that came after the headers."""

    def problem(self) -> dict[str, Any]:
        """Its members, after a check that it is a problem of RFC 9457."""
        assert self.headers["content-type"] == "application/problem+json"
        members: dict[str, Any] = json.loads(self.body[: int(self.headers["content-length"])])
        assert members["status"] == self.status
        assert all(members[name] for name in ("type", "title", "detail"))
        return members


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    """A connection to a server."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), _PATIENCE_SECONDS) as connection:
        yield connection


def request(*headers: str, line: str = "POST /v1/predict HTTP/1.1", body: bytes = b"") -> bytes:
    """A request to localhost."""
    head = "\r\n".join([line, "Host: localhost", *headers, "", ""])
    return head.encode("latin-1") + body


def exchange(address: str, *parts: bytes) -> RawAnswer:
    """Send bytes on a new connection, and read until the server closes it."""
    with connected(address) as connection:
        for part in parts:
            with suppress(ConnectionError):
                connection.sendall(part)
        return read_answer(connection)


def read_answer(connection: socket.socket) -> RawAnswer:
    """Read an answer to the end of the connection."""
    data = b""
    with suppress(ConnectionError):
        while chunk := connection.recv(65536):
            data += chunk
    return taken_apart(data)


def taken_apart(data: bytes) -> RawAnswer:
    """The answer that begins some bytes."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in pairs}
    return RawAnswer(status=int(first.split()[1]) if first else 0, headers=headers, body=body)
