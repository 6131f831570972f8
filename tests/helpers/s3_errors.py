"""A server on loopback that answers every request of S3 with one error, in Amazon's own words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(kw_only=True)
class S3Errors:
    """A running server, and what it answers."""

    endpoint_url: str
    status: int = 403
    code: str = "AccessDenied"
    message: str = "Access Denied"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    """The whole answer, where it is not that of S3."""
    requests: int = 0

    def answer(self, status: int, code: str, message: str = "", **headers: str) -> None:
        """Answer with this from now on."""
        self.status, self.code, self.message, self.body = status, code, message, None
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.requests = 0


@contextmanager
def failing_s3() -> Iterator[S3Errors]:
    """Serve until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self.rfile.read(length)
            server.requests += 1
            text = server.body
            if text is None:
                text = (
                    '<?xml version="1.0" encoding="UTF-8"?>\n'
                    f"<Error><Code>{server.code}</Code><Message>{server.message}</Message>"
                    f"<AWSAccessKeyId>{self.headers.get('Authorization', '')}</AWSAccessKeyId>"
                    "<RequestId>7E3F</RequestId><HostId>aGVsbG8=</HostId></Error>"
                )
            self.send_response(server.status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text.encode())

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server = S3Errors(endpoint_url=f"http://127.0.0.1:{http.server_address[1]}")
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
