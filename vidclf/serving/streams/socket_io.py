"""The server over Socket.IO, at `/socket.io/`.

python-socketio speaks the protocol; a `Stream` of ours is behind each of its clients. What it lacks
is added from outside: packets are checked before it reads them (`EngineGate`, `check_message`),
its queues are waited for (`_Wire.send`), and connections that say nothing, or read nothing, end.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable, Coroutine, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import socketio
from engineio.packet import MESSAGE, Packet
from starlette.datastructures import Headers

from vidclf.core.run_warnings import get_logger
from vidclf.serving import limits
from vidclf.serving.outcomes import Json
from vidclf.serving.problem_response import ascii_json
from vidclf.serving.problems import INTERNAL, Kind, Problem, ProblemError
from vidclf.serving.streams.engine_io import EngineGate
from vidclf.serving.streams.socket_io_packets import check_message
from vidclf.serving.streams.socket_protocol import end_socket
from vidclf.serving.streams.stream import Event, Stream, late

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from vidclf.serving.access import Access
    from vidclf.serving.service import Service

logger = get_logger(__name__)

_PATH = "/socket.io/"
_MOST_QUEUED = 64
"""Packets that Engine.IO may hold for a client; the others wait in the client's stream."""
_MOST_CONNECTIONS = 2 * limits.MOST_CLIENTS
"""Of Engine.IO, some of which have not said hello yet."""
_FOR_GOOD: frozenset[Kind] = frozenset({"session-taken", "too-many-events"})
"""After which a client of Socket.IO, which comes back by itself, must not."""


def with_socket_io(app: ASGIApp, service: Service, access: Access) -> ASGIApp:
    """Put Socket.IO at `/socket.io/` before an application."""
    return SocketIoApp(app, service, access)


@dataclass(slots=True, eq=False)
class _Connection:
    """A connection of Engine.IO."""

    scope: MutableMapping[str, Any]
    """Of the request that began it."""
    timer: asyncio.TimerHandle
    """Ends it if it says nothing."""
    sockets: list[MutableMapping[str, Any]] = field(default_factory=list)
    """The scopes of its WebSocket, once it has one."""
    stream: Stream | None = None
    """What answers it, once it has said hello."""
    is_refused: bool = False
    """Whether nothing is heard any more."""
    awaits_picture: bool = False
    """Whether its next message is binary."""


class SocketIoApp:
    """An ASGI application with Socket.IO before another one.

    Args:
        app: what serves all other addresses.
        service: what answers.
        access: who may come in.
    """

    def __init__(self, app: ASGIApp, service: Service, access: Access) -> None:
        self._app = app
        self._service = service
        self._access = access
        self._connections: dict[str, _Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = socketio.AsyncServer(
            async_mode="asgi",
            cors_allowed_origins=[],  # the guard before all protocols sees to that
            http_compression=False,
            max_http_buffer_size=limits.MOST_TEXT_BYTES,
            logger=_silent_logger(),
            engineio_logger=_silent_logger(),
        )
        self._engine = self._server.eio
        self._gate = EngineGate(socketio.ASGIApp(self._server, socketio_path=_PATH), self._engine)
        self._hear = self._engine.handlers["message"]
        self._open = self._engine.handlers["connect"]
        self._shut = self._engine.handlers["disconnect"]
        self._engine.on("connect", self._opened)
        self._engine.on("message", self._heard)
        self._engine.on("disconnect", self._closed)
        self._server.on("connect", self._greeted)
        self._server.on("disconnect", self._left)
        self._server.on("*", self._asked)
        service.on_stop.append(self._finish)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or a connection."""
        if not f"{scope['path']}/".startswith(_PATH):
            await self._app(scope, receive, send)
            return
        known = self._connections.get(_sid(scope)) if scope["type"] == "websocket" else None
        if known is None:
            await self._gate(scope, receive, send)
            return
        known.sockets.append(scope)
        try:
            await self._gate(scope, receive, send)
        finally:
            known.sockets.remove(scope)

    async def _opened(self, sid: str, environ: Json) -> Json | None:
        """A connection begins; what is returned refuses it."""
        if len(self._connections) >= _MOST_CONNECTIONS:
            return Problem(
                kind="too-many-clients", detail="too many connections: try again later"
            ).as_json()
        scope = environ["asgi.scope"]
        loop = asyncio.get_running_loop()
        timer = loop.call_later(limits.HANDSHAKE_SECONDS, self._end, sid, late())
        connection = self._connections[sid] = _Connection(scope, timer)
        if scope["type"] == "websocket":
            connection.sockets.append(scope)
        await self._open(sid, environ)
        return None

    async def _heard(self, sid: str, message: object) -> None:
        connection = self._connections.get(sid)
        if connection is None or connection.is_refused:
            return
        try:
            connection.awaits_picture = check_message(
                message, awaits_picture=connection.awaits_picture
            )
            await self._hear(sid, message)
        except ProblemError as exc:
            self._refuse(connection, exc.problem)
        except Exception as exc:  # python-socketio raises many kinds where a packet is none
            connection.awaits_picture = False
            self._server._binary_packet.pop(
                sid, None
            )  # else it takes all that follows for pictures
            logger.debug("a packet could not be read", exc_info=True)
            problem = Problem(kind="bad-request", detail=f"no packet of Socket.IO: {exc!r:.100}")
            self._refuse(connection, problem)

    async def _greeted(self, client: str, environ: Json, hello: object) -> None:
        """A client says hello.

        Raises:
            ConnectionRefusedError: with the problem as its data.
        """
        sid = self._server.manager.eio_sid_from_sid(client, "/")
        connection = self._connections[sid]
        wire = _Wire(self._server, client, sid, end=lambda problem: self._end(sid, problem))
        stream = Stream(self._service, self._access, wire)
        bearer = self._access.bearer(Headers(scope=connection.scope))
        try:
            stream.begin(hello, bearer=bearer)
        except ProblemError as exc:
            connection.is_refused = exc.problem.closes
            raise _refusal(exc.problem) from exc
        except Exception as exc:
            logger.exception("a client could not be let in")
            raise _refusal(INTERNAL) from exc
        connection.stream = stream
        connection.timer.cancel()

    async def _asked(self, event: str, client: str, *values: object) -> object:
        """A client sends an event; what is returned acknowledges it."""
        sid = self._server.manager.eio_sid_from_sid(client, "/")
        connection = self._connections.get(sid)
        if connection is None or connection.stream is None:
            return self._server.not_handled
        fields, image = (*values, None, None)[:2]
        try:
            return await connection.stream.take(event, fields, image)
        except asyncio.CancelledError:  # the stream has ended
            return self._server.not_handled

    async def _left(self, client: str, reason: str) -> None:
        sid = self._server.manager.eio_sid_from_sid(client, "/")
        connection = self._connections.get(sid)
        if connection is not None and connection.stream is not None:
            connection.stream.end()
            connection.stream = None

    async def _closed(self, sid: str, reason: str) -> None:
        if (socket := self._engine.sockets.get(sid)) is not None:
            socket.queue.put_nowait(None)  # answers the request that waits for its next packet
        await self._shut(sid, reason)
        connection = self._connections.pop(sid, None)
        if connection is not None:
            connection.timer.cancel()

    def _refuse(self, connection: _Connection, problem: Problem) -> None:
        if connection.stream is not None:
            connection.stream.take_bad(problem)

    def _end(self, sid: str, problem: Problem) -> None:
        """Tell a connection why it ends, and end it, without waiting for the client."""
        connection = self._connections.get(sid)
        if connection is None:
            return
        connection.is_refused = True
        connection.timer.cancel()
        event = b'42["problem",' + ascii_json({"error": problem.as_json()}) + b"]"
        words = [event.decode(), *(["41"] if problem.kind in _FOR_GOOD else [])]
        for scope in connection.sockets:
            end_socket(scope, problem, *words)
        if not connection.sockets and (socket := self._engine.sockets.get(sid)) is not None:
            for word in words:
                socket.queue.put_nowait(Packet(MESSAGE, word[1:]))
            self._keep(self._drop(sid, seconds=limits.LINGER_SECONDS))

    async def _drop(self, sid: str, *, seconds: float) -> None:
        """Forget a connection that polls, once it has asked for what it was told, or soon."""
        socket = self._engine.sockets.get(sid)
        if socket is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await socket.queue.join()
            await socket.close(wait=False)
            self._engine.sockets.pop(sid, None)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it while others go on; a task that nobody holds may be lost."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self) -> None:
        """End all connections when the server stops."""
        streams = [one.stream for one in self._connections.values() if one.stream is not None]
        await asyncio.gather(*(stream.finish() for stream in streams))
        dropped = (self._drop(sid, seconds=limits.FLUSH_SECONDS) for sid in [*self._connections])
        await asyncio.gather(*dropped)
        await self._server.shutdown()


class _Wire:
    """A client, as its stream uses it."""

    def __init__(
        self, server: Any, client: str, sid: str, *, end: Callable[[Problem], None]
    ) -> None:
        self._server = server
        self._client = client
        self._sid = sid
        self.end = end

    async def send(self, event: Event, message: Json) -> None:
        """Send an event; waits while Engine.IO holds many packets for the client."""
        await self._server.emit(event, message, to=self._client)
        socket = self._server.eio.sockets.get(self._sid)
        if socket is not None and socket.queue.qsize() >= _MOST_QUEUED:
            await socket.queue.join()


def _refusal(problem: Problem) -> Exception:
    """What has python-socketio refuse a client, who gets the problem with it."""
    return cast(
        Exception,
        socketio.exceptions.ConnectionRefusedError(problem.detail, problem.as_json()),
    )


def _sid(scope: Scope) -> str:
    """Which connection of Engine.IO a request belongs to; empty for none."""
    found = re.search(rb"(?:^|&)sid=([^&]+)", scope["query_string"])
    return found[1].decode("latin-1") if found else ""


def _silent_logger() -> logging.Logger:
    """A logger of its own, as python-socketio's prints what clients do wrong."""
    return logging.Logger("socket.io", level=logging.CRITICAL + 1)
