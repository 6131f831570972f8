"""Files by HTTP, with ranges where the server has them."""

from __future__ import annotations

import re
import socket
from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from vidclf.errors import SourceError
from vidclf.remote.blocks import BLOCK_BYTES
from vidclf.remote.info import RemoteInfo
from vidclf.remote.path import RemotePath
from vidclf.remote.transport import PassingError
from vidclf.remote.web import modified_ns, request, version
from vidclf.remote.web_problems import explained

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_PIECE_BYTES = 2**16
_FIRST_BYTES = 2 * BLOCK_BYTES
_PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|!--|html)", re.IGNORECASE)
"""How a page of HTML begins; a list of labels may begin with `<unknown>`."""
_PAGE_BYTES = 256
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


class WebTransport:
    """A file behind `http://` or `https://`; the first request brings its beginning, too.

    Raises:
        PassingError: the server can be asked again.
        SourceError: it is not there, empty, or no way leads to it.
    """

    def __init__(self, path: RemotePath) -> None:
        self._path = path
        self._response = _asked(path, 0, _FIRST_BYTES)
        self._is_fresh = True
        self.has_ranges = self._response.status == 206
        self.info = _info(path, self._response)
        if self.has_ranges and self.info.size_bytes is None:  # a file that still grows
            self._response.close()
            self._response = request(path, headers={})
            self.has_ranges = False
            self.info = _info(path, self._response)
        size = self.info.size_bytes
        self.first_bytes = min(_FIRST_BYTES, size) if size and self.has_ranges else 0
        if size == 0:
            self._response.close()
            raise SourceError(f"{path}: is empty (0 bytes); copy or record it again")

    def pieces(self, start: int, stop: int) -> Generator[bytes]:
        """See `Transport`."""
        response = self._response_at(start, stop)
        finished = False
        try:
            while piece := _piece(self._path, response):
                yield piece
            finished = True
        finally:
            if finished:
                response.release_conn()
            else:
                response.close()

    def break_off(self) -> None:
        """See `Transport`."""
        sock = getattr(self._response.connection, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """See `Transport`."""
        self._response.close()

    def _response_at(self, start: int, stop: int) -> BaseHTTPResponse:
        """The answer whose body begins with the byte `start`, or with the file's first one."""
        is_fresh, self._is_fresh = self._is_fresh, False
        if is_fresh and (start == 0 or not self.has_ranges):
            return self._response
        self._response.close()
        if not self.has_ranges:
            self._response = request(self._path, headers={})
        else:
            self._response = _asked(self._path, start, stop)
        self._check_same(start)
        return self._response

    def _check_same(self, start: int) -> None:
        found = _info(self._path, self._response)
        known = self.info
        if found.size_bytes != known.size_bytes or found.version != known.version:
            self._response.close()
            raise SourceError(f"{self._path}: was changed while it was read; start again")
        if not self.has_ranges:
            return
        first = _range(self._response.headers)[0]
        if self._response.status != 206 or first != start:
            self._response.close()
            raise SourceError(
                f"{self._path}: the server answers with other bytes than were asked for; download "
                "it first"
            )


def web_info(path: RemotePath) -> RemoteInfo:
    """Ask for a file without reading it; by GET, as signed addresses are often for that alone.

    Raises:
        PassingError, SourceError: as `WebTransport`.
    """
    response = _asked(path, 0, 1)
    response.close()
    return _info(path, response)


def gives_page(path: RemotePath) -> bool:
    """Whether a page of HTML comes, by what the server says or by how it begins.

    Raises:
        PassingError, SourceError: as `WebTransport`.
    """
    response = _asked(path, 0, _PAGE_BYTES)
    try:
        if response.status == 416:  # an empty file
            return False
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return kind == "text/html" or _PAGE.match(_piece(path, response)) is not None
    finally:
        response.close()


def _asked(path: RemotePath, start: int, stop: int) -> BaseHTTPResponse:
    return request(path, headers={"Range": f"bytes={start}-{stop - 1}"})


def _info(path: RemotePath, response: BaseHTTPResponse) -> RemoteInfo:
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        response.close()
        raise SourceError(
            f"{path}: the server sends it compressed ({encoding}), so that no place in it can be "
            "found; download it first"
        )
    return RemoteInfo(
        path=path,
        size_bytes=_size(response),
        version=version(response.headers),
        modified_ns=modified_ns(response.headers),
    )


def _size(response: BaseHTTPResponse) -> int | None:
    if response.status == 200:
        length = response.headers.get("Content-Length", "")
        return int(length) if length.isdecimal() else None
    return _range(response.headers)[1]


def _range(headers: Mapping[str, str]) -> tuple[int | None, int | None]:
    """The first byte of an answer, and the size of the file (RFC 9110, 14.4)."""
    found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
    if found is None:
        return None, None
    first, _, total = found.groups()
    return None if first is None else int(first), None if total == "*" else int(total)


def _piece(path: RemotePath, response: BaseHTTPResponse) -> bytes:
    from urllib3.exceptions import HTTPError

    try:
        return response.read1(_PIECE_BYTES, decode_content=False)
    except (HTTPError, OSError) as exc:
        broken = explained(path, exc)
        if isinstance(broken, PassingError):
            raise broken from exc
        raise PassingError("the connection broke") from exc
