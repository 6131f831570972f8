"""uvicorn's HTTP/1.1 with deadlines and problems of our own.

uvicorn has no deadline for a request's headers or body, answers what it refuses in plain text, and
closes at once, so that the client may never see why.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from vidclf.serving import limits
from vidclf.serving.problem_response import HEADERS_TOO_LARGE, ProblemResponse
from vidclf.serving.problems import STOPPING, Problem

_LOGGER = logging.getLogger("uvicorn.error.requests")
_LOGGER.setLevel(logging.ERROR)
"""What clients send wrongly, of which uvicorn warns, is told to them alone."""

_HEADERS_TOO_LARGE = 431
_SECONDS: dict[object, Callable[[], float]] = {
    h11.IDLE: lambda: limits.HANDSHAKE_SECONDS,
    h11.SEND_BODY: lambda: limits.BODY_SECONDS,
}
"""How long a client may take for what it has to send next."""
_HANDSHAKE = {b"upgrade": b"websocket", b"sec-websocket-version": b"13"}
"""What asks for a WebSocket has each once (RFC 6455, 4.1), and a key."""
_TOKENS = re.compile(rb"[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*")
_KEY_BYTES = 16
_OF_BODIES = (b"content-length", b"transfer-encoding")


class BoundedHttp(H11Protocol):
    """One connection.

    Its client has `HANDSHAKE_SECONDS` for the headers of a request, counted from connecting or from
    the first byte of a later request, `BODY_SECONDS` for the body, and as many to take the answer.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _LOGGER
        self.access_log = False  # its lines have addresses, and these may have secrets
        self._phase: object = None
        self._deadline: asyncio.TimerHandle | None = None
        self._reading_deadline: asyncio.TimerHandle | None = None
        self._has_sent = False
        self._is_over = False  # refused, or handed over to the protocol of WebSockets

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuse the connection if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > 2 * limits.MOST_CONNECTIONS:
            transport.abort()
        elif len(self.connections) > limits.MOST_CONNECTIONS:
            self._refuse(
                Problem(
                    kind="too-many-clients",
                    detail=f"{limits.MOST_CONNECTIONS} connections are open: try again later",
                )
            )
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        self._set_deadline(None)
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._is_over:
            return
        self._has_sent = True
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Set a deadline for a client that does not read."""
        super().pause_writing()
        self._reading_deadline = self.loop.call_later(limits.BODY_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        if self._reading_deadline is not None:
            self._reading_deadline.cancel()
            self._reading_deadline = None

    def shutdown(self) -> None:
        """Let the client go, as the server stops; a request that came in full is answered first."""
        is_coming = self.conn.their_state is h11.SEND_BODY
        if is_coming and not self._is_over and not self.cycle.response_complete:
            self._refuse(STOPPING)
        if self._is_over:
            self.transport.close()
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what h11 cannot read; it is being handled here."""
        error = sys.exception()
        hint = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        if hint == _HEADERS_TOO_LARGE:
            self._refuse(HEADERS_TOO_LARGE)
        else:
            self._refuse(Problem(kind="bad-request", detail="this is no request of HTTP/1.1"))

    def _should_upgrade(self) -> bool:
        """Whether a WebSocket is asked for; what asks for it in a wrong way is plain HTTP."""
        if self.scope["method"] != "GET" or self.scope["http_version"] != "1.1":
            return False
        is_right = all(
            [value.lower() for name, value in self.headers if name == wanted] == [only]
            for wanted, only in _HANDSHAKE.items()
        )
        keys = [value for name, value in self.headers if name == b"sec-websocket-key"]
        is_right &= len(keys) == 1 and _is_key(keys[0]) and self.scope["path"].startswith("/")
        is_right &= all(
            _TOKENS.fullmatch(value) for name, value in self.headers if name == b"connection"
        )
        has_body = any(name in _OF_BODIES for name, _ in self.headers)
        return is_right and not has_body and super()._should_upgrade()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection to the protocol of WebSockets."""
        self._set_deadline(None)
        self.resume_writing()
        self._is_over = True
        with suppress(Exception):  # websockets reads the request again, by stricter rules than h11
            super().handle_websocket_upgrade(event)
        if not getattr(self.transport.get_protocol(), "handshake_initiated", False):
            self._take_back()

    def _take_back(self) -> None:
        """Refuse what the protocol of WebSockets cannot read."""
        self.transport.set_protocol(self)
        others = [one for one in self.connections if one.transport is self.transport]
        self.connections.difference_update(others)
        self.connections.add(self)
        detail = "this is no request for a WebSocket: RFC 6455, 4.1, says what it must have"
        self._refuse(Problem(kind="bad-request", detail=detail))

    def _watch(self) -> None:
        """Set the deadline of what the client has to send next."""
        if self.transport.is_closing() or self._is_over:
            return
        state = self.conn.their_state
        is_idle = state is h11.IDLE and self.timeout_keep_alive_task is not None
        phase = None if is_idle or state not in _SECONDS else (state, self.cycle)
        if phase != self._phase:
            self._phase = phase
            self._set_deadline(None if phase is None else _SECONDS[state]())

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        if not self._has_sent:
            self.transport.close()  # a browser's spare connection; an answer would be of nothing
            return
        seconds = _SECONDS[self.conn.their_state]()
        detail = f"the request did not come within {seconds:g} s: send it at once"
        self._refuse(Problem(kind="timeout", detail=detail))

    def _refuse(self, problem: Problem) -> None:
        """Say why, and close when the client has seen it."""
        self._is_over = True
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._send(ProblemResponse(problem.as_json()))
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.waiting_for_100_continue = False
            self.cycle.message_event.set()
        self._unset_keepalive_if_required()
        self._linger()

    def _send(self, answer: ProblemResponse) -> None:
        closing = (b"connection", b"close")
        headers = [*self.server_state.default_headers, *answer.raw_headers, closing]
        start = h11.Response(status_code=answer.status_code, headers=headers)
        is_head = self.conn.our_state is h11.SEND_RESPONSE and self.scope["method"] == "HEAD"
        body = b"" if is_head else bytes(answer.body)
        for event in (start, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    def _linger(self) -> None:
        """Pass over what still comes for a moment: closing at once would take the answer away."""
        with suppress(OSError):  # the client may be gone
            self.transport.write_eof()
        self.transport.resume_reading()
        self._set_deadline(None)
        self._deadline = self.loop.call_later(limits.LINGER_SECONDS, self.transport.abort)


def _is_key(value: bytes) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == _KEY_BYTES
    except ValueError:
        return False
