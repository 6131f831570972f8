"""Stands before all protocols: who may come in, and what every answer over HTTP has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from vidclf.core.run_warnings import get_logger
from vidclf.serving.limits import MOST_HEADER_BYTES
from vidclf.serving.problem_response import COMMON_HEADERS, HEADERS_TOO_LARGE, ProblemResponse
from vidclf.serving.problems import INTERNAL, STOPPING, ProblemError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from vidclf.serving.access import Access
    from vidclf.serving.options import ServeOptions

logger = get_logger(__name__)

_OPEN_PATHS = frozenset({"/", "/healthz", "/openapi.json", "/favicon.ico"})
_OPEN_FOLDERS = ("/assets/", "/socket.io/")
"""The page's parts; and Socket.IO, whose clients may send their token in the first message."""

_PUNCTUATION = len(": \r\n")
_PREFLIGHT_HEADERS = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "Authorization, Content-Type",
    "access-control-max-age": "600",
}


class Guard:
    """An ASGI application before another one.

    Args:
        app: what answers those who may come in.
        options: the server's.
        access: says who may.
    """

    def __init__(self, app: ASGIApp, options: ServeOptions, access: Access) -> None:
        self._app = app
        self._access = access
        self._allows_all = "*" in options.allow_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._socket(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        has_begun = False
        is_allowed = False

        async def send_more(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                self._add_headers(MutableHeaders(scope=message), headers, is_allowed=is_allowed)
            await send(message)

        try:
            _check_headers(scope)
            self._access.check_pages(headers)
            is_allowed = True
            if _is_preflight(scope, headers):
                await Response(status_code=204, headers=_PREFLIGHT_HEADERS)(
                    scope, receive, send_more
                )
                return
            if not _is_open(scope["path"]):
                self._access.check_token(self._access.bearer(headers))
            await self._app(scope, receive, send_more)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:  # the server stops, and has waited long enough
            if not has_begun:
                await ProblemResponse(STOPPING.as_json())(scope, receive, send_more)
        except ProblemError as exc:
            await ProblemResponse(exc.problem.as_json())(scope, receive, send_more)
        except Exception:
            logger.exception("a request could not be answered")
            if not has_begun:
                await ProblemResponse(INTERNAL.as_json())(scope, receive, send_more)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            _check_headers(scope)
            self._access.check_pages(Headers(scope=scope))
        except ProblemError as exc:
            await receive()  # what asks for the connection
            await ProblemResponse(exc.problem.as_json())(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _add_headers(self, answer: MutableHeaders, asked: Headers, *, is_allowed: bool) -> None:
        for name, value in COMMON_HEADERS.items():
            answer.setdefault(name, value)
        answer.add_vary_header("Origin")
        origin = asked.get("origin")
        if is_allowed and origin is not None:
            answer.setdefault("access-control-allow-origin", "*" if self._allows_all else origin)


def _check_headers(scope: Scope) -> None:
    """Refuse headers that came at once, of which h11 sees no excess.

    Raises:
        ProblemError: they are larger than the server takes.
    """
    size = len(scope["raw_path"]) + len(scope["query_string"])
    size += sum(len(name) + len(value) + _PUNCTUATION for name, value in scope["headers"])
    if size > MOST_HEADER_BYTES:
        raise ProblemError(HEADERS_TOO_LARGE.kind, HEADERS_TOO_LARGE.detail)


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    """Whether a browser asks beforehand what a page may ask (Fetch, 3.2.2)."""
    is_asked = "origin" in headers and "access-control-request-method" in headers
    return scope["method"] == "OPTIONS" and is_asked


def _is_open(path: str) -> bool:
    return path in _OPEN_PATHS or path.startswith(_OPEN_FOLDERS)
