"""A web server on loopback with the faults that servers and networks have."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PIECE_BYTES = 2**15


@dataclass(kw_only=True)
class Served:
    """A file, and what goes wrong with it."""

    content: bytes | Path
    """What it holds."""
    has_ranges: bool = True
    """Whether parts of it can be asked for."""
    tells_size: bool = True
    """Whether the whole of it comes with its size."""
    etag: str | None = ""
    """Its ETag; None for none, "" for one of its own."""
    modified: str | None = "Wed, 01 Jan 2025 10:00:00 GMT"
    """When it was written to; None where that is not told."""
    content_type: str = "video/mp4"
    statuses: list[int] = field(default_factory=list)
    """What the next requests are answered with instead."""
    headers: dict[str, str] = field(default_factory=dict)
    """What each answer holds beside."""
    redirect: str | None = None
    """Where every request is sent on to."""
    drop_after: int | None = None
    """After so many bytes of an answer the connection is dropped."""
    drops: int | None = None
    """How often; None for always."""
    stall_after: int | None = None
    """After so many bytes of an answer nothing more comes."""
    claimed_extra: int = 0
    """By so many bytes its size is told wrong."""
    changes_after: int | None = None
    """After so many requests it has another ETag."""
    bytes_per_second: float | None = None
    delay_seconds: float = 0.0
    """Before each answer."""

    @property
    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def part(self, start: int, stop: int) -> bytes:
        if isinstance(self.content, bytes):
            return self.content[start:stop]
        with self.content.open("rb") as file:
            file.seek(start)
            return file.read(stop - start)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request that came."""

    path: str
    method: str
    span: str | None
    """Its Range."""
    authorization: str | None
    sent: list[int]
    """How many bytes of content were sent, piece by piece."""


class WebServer:
    """A running server: `files` by their paths, with the slash; `requests` that came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.files: dict[str, Served] = {}
        self.requests: list[Request] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, content: bytes | Path, name: str = "clip.mp4", **faults: object) -> str:
        """Serve a file under a new path; its address."""
        path = f"/{len(self.files)}/{name}"
        self.files[path] = Served(content=content, **faults)  # type: ignore[arg-type]
        return self.url + path

    def served(self, url: str) -> Served:
        """The file of an address."""
        return self.files[url.removeprefix(self.url)]

    def sent_bytes(self, url: str) -> int:
        """How many bytes of a file were sent in all."""
        path = url.removeprefix(self.url)
        return sum(sum(request.sent) for request in self.requests if request.path == path)

    def asked(self, url: str) -> list[Request]:
        """The requests for a file."""
        path = url.removeprefix(self.url)
        return [request for request in self.requests if request.path == path]


@contextmanager
def serving_web() -> Iterator[WebServer]:
    """Serve until the block is left."""

    class Handler(_Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server = Handler.server_state = WebServer(http.server_address[1])
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            http.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: WebServer

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def handle(self) -> None:
        with suppress(OSError):  # a client that left
            super().handle()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        served = self.server_state.files.get(path)
        sent: list[int] = []
        request = Request(
            path=path,
            method=self.command,
            span=self.headers.get("Range"),
            authorization=self.headers.get("Authorization"),
            sent=sent,
        )
        self.server_state.requests.append(request)
        if served is None:
            self._refuse(404)
            return
        time.sleep(served.delay_seconds)
        if served.redirect is not None:
            self._refuse(302, {"Location": served.redirect})
        elif served.statuses:
            self._refuse(served.statuses.pop(0), served.headers)
        else:
            self._answer(served, sent)

    def _refuse(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, served: Served, sent: list[int]) -> None:
        size = served.size + served.claimed_extra
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        start, stop = 0, size
        if found and served.has_ranges:
            start, stop = int(found[1]), min(int(found[2]) + 1, size)
            if start >= size:
                self._refuse(416, {"Content-Range": f"bytes */{size}"})
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        else:
            self.send_response(200)
        self._send_headers(served, stop - start)
        if self.command == "GET":
            self._send(served, start, stop, sent)

    def _send_headers(self, served: Served, length: int) -> None:
        etag = served.etag
        if etag == "":
            etag = '"' + hashlib.sha256(served.part(0, 2**16)).hexdigest()[:16] + '"'
        if served.changes_after is not None:
            served.changes_after -= 1
            etag = '"another"' if served.changes_after < 0 else etag
        if etag is not None:
            self.send_header("ETag", etag)
        if served.modified is not None:
            self.send_header("Last-Modified", served.modified)
        self.send_header("Content-Type", served.content_type)
        for name, value in served.headers.items():
            self.send_header(name, value)
        if served.tells_size or served.has_ranges:
            self.send_header("Content-Length", str(length))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def _send(self, served: Served, start: int, stop: int, sent: list[int]) -> None:
        done = 0
        begun = time.monotonic()
        while start + done < stop:
            most = _PIECE_BYTES
            if served.drop_after is not None and served.drops != 0:
                most = min(most, served.drop_after - done)
                if most <= 0:
                    served.drops = None if served.drops is None else served.drops - 1
                    self._drop()
                    return
            if served.stall_after is not None and done >= served.stall_after:
                self.server_state.stopping.wait(60)
                self._drop()
                return
            piece = served.part(start + done, min(start + done + most, stop))
            if not piece:  # more was claimed than there is
                self._drop()
                return
            self.wfile.write(piece)
            done += len(piece)
            sent.append(len(piece))
            if served.bytes_per_second is not None:
                ahead = done / served.bytes_per_second - (time.monotonic() - begun)
                self.server_state.stopping.wait(max(0.0, ahead))

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
