"""Stands before Engine.IO, the transport of Socket.IO, which trusts what it reads.

python-engineio reads any text as JSON before it asks what it is, takes time that grows with the
square of a request's body, and raises what Python raises where a packet is none. So packets are
looked at here, by their first characters and their size, and those that cannot be right are
replaced by `BAD_PACKET`, which reaches the application as the message `BAD_MESSAGE`.

Packets: https://socket.io/docs/v4/engine-io-protocol/
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from engineio.payload import Payload
from starlette.requests import Request

from vidclf.core.run_warnings import get_logger
from vidclf.serving.body_budget import BodyBudget
from vidclf.serving.limits import MOST_EVENTS_A_SECOND, MOST_TEXT_BYTES
from vidclf.serving.problems import ProblemError
from vidclf.serving.streams.messages import check_values

if TYPE_CHECKING:
    import engineio
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = get_logger(__name__)

BAD_MESSAGE = "!"
BAD_PACKET = "4!"
_MESSAGE, _BINARY = "4", "b"
_OTHERS_OF_SOCKETS = "1235"
"""Close, ping (the probe of an upgrade), pong and upgrade."""
_OTHERS_OF_BODIES = "135"
"""The same, but for the probe: python-engineio never answers a request with another packet."""
_MOST_OTHER_CHARACTERS = 100
_MOST_PACKETS = 2 * MOST_EVENTS_A_SECOND
"""In a body; python-engineio takes 16, and drops the body of a client that has saved up more."""
_SEPARATOR = "\x1e"
"""Between the packets of a body."""


class EngineGate:
    """An ASGI application before Engine.IO's.

    Args:
        app: Engine.IO's.
        engine: its server.
    """

    def __init__(self, app: ASGIApp, engine: engineio.AsyncServer) -> None:
        self._app = app
        self._engine = engine
        self._held = BodyBudget()
        Payload.max_decode_packets = _MOST_PACKETS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection, or a request."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_checked() -> Message:
            message = await receive()
            text = message.get("text")
            return (
                message if text is None else {**message, "text": _checked(text, _OTHERS_OF_SOCKETS)}
            )

        try:
            await self._app(scope, receive_checked, send)
        except Exception:
            logger.debug("a connection of Engine.IO ended badly", exc_info=True)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if "j" in query:
            raise ProblemError("bad-request", "JSONP is not spoken here")
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        with self._held.share() as share:
            body = await share.read(Request(scope, receive), most=MOST_TEXT_BYTES)
            await self._post(scope, _checked_body(body), receive, send)

    async def _post(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        is_read = False

        async def receive_body() -> Message:
            nonlocal is_read
            if is_read:
                return await receive()
            is_read = True
            return {"type": "http.request", "body": body, "more_body": False}

        length = (b"content-length", str(len(body)).encode())
        others = [header for header in scope["headers"] if header[0] != length[0]]
        try:
            await self._app({**scope, "headers": [*others, length]}, receive_body, send)
        except KeyError as exc:  # its session ended while it came
            raise ProblemError("bad-request", "this session of Engine.IO has ended") from exc


def _checked_body(body: bytes) -> bytes:
    """A body whose packets can be read.

    Raises:
        ProblemError: it is no text.
    """
    if body.startswith(b"d="):
        raise ProblemError("bad-request", "JSONP is not spoken here")
    try:
        packets = body.decode().split(_SEPARATOR) if body else []
    except UnicodeDecodeError as exc:
        raise ProblemError("bad-request", "the body is no text in UTF-8") from exc
    if len(packets) > _MOST_PACKETS:
        raise ProblemError("too-many-events", f"more than {_MOST_PACKETS} packets at once")
    return _SEPARATOR.join(_checked(packet, _OTHERS_OF_BODIES) for packet in packets).encode()


def _checked(packet: str, others: str) -> str:
    """A packet that Engine.IO can read."""
    kind = packet[:1]
    if kind == _BINARY:
        return packet
    if kind and kind in others and len(packet) <= _MOST_OTHER_CHARACTERS:
        return packet
    if kind != _MESSAGE or not packet[1:2].isdecimal():
        return BAD_PACKET
    try:
        check_values(packet)
    except ProblemError:
        return BAD_PACKET
    return packet
