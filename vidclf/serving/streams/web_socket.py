"""The server over a plain WebSocket: `/v1/stream`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocketDisconnect

from vidclf.serving import limits
from vidclf.serving.outcomes import Json
from vidclf.serving.problem_response import ascii_json
from vidclf.serving.problems import Problem, ProblemError
from vidclf.serving.streams.messages import read_message
from vidclf.serving.streams.socket_protocol import end_socket
from vidclf.serving.streams.stream import Event, Stream, late

if TYPE_CHECKING:
    from starlette.types import Message
    from starlette.websockets import WebSocket

    from vidclf.serving.access import Access
    from vidclf.serving.service import Service


class StreamEndpoint:
    """Answers the frames of WebSockets."""

    def __init__(self, service: Service, access: Access) -> None:
        self._service = service
        self._access = access
        self._streams: set[Stream] = set()
        service.on_stop.append(self._finish)

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection to its end."""
        try:
            await socket.accept()
        except WebSocketDisconnect:
            return
        wire = _Wire(socket)
        stream = Stream(self._service, self._access, wire)
        bearer = self._access.bearer(socket.headers)
        self._streams.add(stream)
        try:
            async with asyncio.timeout(limits.HANDSHAKE_SECONDS):
                await _greet(socket, wire, stream, bearer=bearer)
            await _converse(socket, stream)
        except TimeoutError:
            stream.close(late())
        finally:
            stream.end()
            self._streams.discard(stream)

    async def _finish(self) -> None:
        await asyncio.gather(*(stream.finish() for stream in self._streams))


class _Wire:
    """The connection, as its stream uses it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send(self, event: Event, message: Json) -> None:
        """Send a message; waits while the client reads nothing."""
        try:
            await self._socket.send_text(_text(event, message))
        except (WebSocketDisconnect, RuntimeError):
            return  # gone, which the reader is told, too

    def end(self, problem: Problem) -> None:
        """Tell why, and close."""
        end_socket(self._socket.scope, problem, _text("problem", {"error": problem.as_json()}))


class _Inbox:
    """Puts a client's messages together: a picture follows the text that announces it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._announced: Json | None = None

    def take(self, message: Message) -> None:
        """Take the next message."""
        announced, self._announced = self._announced, None
        text = message.get("text")
        if text is None:
            self._stream.take("frame", announced or {}, message["bytes"])
            return
        if announced is not None:
            self._stream.take("frame", announced)  # which lacks its picture
        try:
            fields = read_message(text)
        except ProblemError as exc:
            self._stream.take_bad(exc.problem)
            return
        event = fields.pop("type", "frame")
        if event == "frame" and "image" not in fields:
            self._announced = fields
        else:
            self._stream.take(event, fields)


async def _greet(socket: WebSocket, wire: _Wire, stream: Stream, *, bearer: str | None) -> None:
    """Wait for a hello that lets the client in."""
    while not stream.has_begun and not stream.has_ended:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            stream.end()
            return
        try:
            stream.begin(_hello(message), bearer=bearer)
        except ProblemError as exc:
            if exc.problem.closes:
                stream.close(exc.problem)
            else:
                await wire.send("problem", {"error": exc.problem.as_json()})


async def _converse(socket: WebSocket, stream: Stream) -> None:
    inbox = _Inbox(stream)
    while not stream.has_ended:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        inbox.take(message)


def _hello(message: Message) -> Json:
    """The fields of a client's first message.

    Raises:
        ProblemError: it is something else.
    """
    fields = read_message(message.get("text") or "")
    if fields.get("type") != "hello":
        raise ProblemError("bad-request", 'the first message must be text: {"type": "hello", …}')
    return fields


def _text(event: Event, message: dict[str, Any]) -> str:
    return ascii_json({"type": event, **message}).decode()
