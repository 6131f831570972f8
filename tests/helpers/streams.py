"""Clients of the live server: a plain WebSocket, and python-socketio's own client.

Both have `frame`, `configure` and `answers`, so that one test can be of both protocols.
"""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import socketio
import websockets

from helpers.live_server import LiveServer

ANSWERS = frozenset({"prediction", "dropped", "problem"})
SECONDS = 30
"""For which an answer is waited for; a healthy server needs milliseconds."""


class WebSocketClient:
    """Speaks `/v1/stream`."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.model: dict[str, Any] = {}
        self.configured: dict[str, Any] = {}

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(SECONDS):
            return dict(json.loads(await self.socket.recv()))

    async def send(self, image: bytes, *, as_text: bool = False, **fields: Any) -> None:
        """Send a frame."""
        if as_text:
            await self.say(**fields, image=base64.b64encode(image).decode())
        else:
            await self.say(type="frame", **fields)
            await self.socket.send(image)

    async def say(self, **fields: Any) -> None:
        """Send a text message."""
        await self.socket.send(json.dumps(fields))

    async def frame(self, image: bytes, **fields: Any) -> dict[str, Any]:
        """Send a frame, and wait for its answer."""
        await self.send(image, **fields)
        return await self.receive()

    async def configure(self, **settings: Any) -> dict[str, Any]:
        """Change settings, and wait for what holds then."""
        await self.say(type="configure", **settings)
        return await self.receive()

    async def drop(self) -> None:
        """Go away without a word."""
        self.socket.transport.abort()


class SocketIoClient:
    """python-socketio's client."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.model: dict[str, Any] = {}
        self.configured: dict[str, Any] = {}
        self.acknowledged: list[dict[str, Any]] = []
        client.on("*", self._hear)

    async def _hear(self, event: str, message: dict[str, Any]) -> None:
        await self.messages.put({"type": event, **message})

    async def receive(self) -> dict[str, Any]:
        """The next event."""
        async with asyncio.timeout(SECONDS):
            return await self.messages.get()

    async def send(self, image: bytes, *, as_text: bool = False, **fields: Any) -> None:
        """Send a frame."""
        text = {**fields, "image": base64.b64encode(image).decode()}
        message = text if as_text else (fields, image)
        await self.client.emit("frame", message, callback=self.acknowledged.append)

    async def say(self, **fields: Any) -> None:
        """Send an event, named by `type`."""
        await self.client.emit(fields.pop("type"), fields)

    async def frame(self, image: bytes, **fields: Any) -> dict[str, Any]:
        """Send a frame, and wait for its answer."""
        await self.send(image, **fields)
        return await self.receive()

    async def configure(self, **settings: Any) -> dict[str, Any]:
        """Change settings, and wait for what holds then."""
        await self.client.emit("configure", settings)
        return await self.receive()

    async def drop(self) -> None:
        """Go away without a word."""
        self.client.eio.ws._response.connection.transport.abort()


Client = WebSocketClient | SocketIoClient


@asynccontextmanager
async def web_socket(
    server: LiveServer, *, headers: dict[str, str] | None = None, **hello: Any
) -> AsyncIterator[WebSocketClient]:
    """A client of the plain WebSocket that has said hello."""
    async with websockets.connect(
        server.stream, additional_headers=headers, max_size=None
    ) as opened:
        client = WebSocketClient(opened)
        await client.say(type="hello", **hello)
        client.model, client.configured = await client.receive(), await client.receive()
        yield client


@asynccontextmanager
async def socket_io(
    server: LiveServer,
    *,
    headers: dict[str, str] | None = None,
    transports: tuple[str, ...] = ("websocket",),
    **hello: Any,
) -> AsyncIterator[SocketIoClient]:
    """A client of Socket.IO that has said hello."""
    async with aiohttp.ClientSession() as session:
        own = socketio.AsyncClient(reconnection=False, http_session=session)
        client = SocketIoClient(own)
        try:
            await own.connect(
                server.address, headers=headers or {}, transports=[*transports], auth=hello
            )
            client.model, client.configured = await client.receive(), await client.receive()
            yield client
        finally:
            await own.disconnect()
            await own.eio.wait()  # for the request that waits for more


@asynccontextmanager
async def when_free(connect: Callable[..., Any], server: LiveServer) -> AsyncIterator[Any]:
    """A client that is let in once the server has noticed that those before it have left."""
    async with asyncio.timeout(SECONDS), AsyncExitStack() as stack:
        while True:
            try:
                client = await stack.enter_async_context(connect(server))
                break
            except (socketio.exceptions.ConnectionError, websockets.ConnectionClosed):
                await asyncio.sleep(0.02)
        yield client


PROTOCOLS = {"websocket": web_socket, "socket.io": socket_io}
"""What opens a client, by the name of its protocol."""


@asynccontextmanager
async def raw_web_socket(server: LiveServer, **options: Any) -> AsyncIterator[Any]:
    """A plain WebSocket that has said hello, and has heard what it is told first."""
    async with websockets.connect(server.stream, max_size=None, **options) as opened:
        await opened.send('{"type": "hello"}')
        for _ in ("model", "configured"):
            await opened.recv()
        yield opened


@asynccontextmanager
async def raw_socket_io(server: LiveServer, **options: Any) -> AsyncIterator[Any]:
    """A WebSocket of Engine.IO that has said hello in Socket.IO's packets."""
    address = server.address.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    async with websockets.connect(address, max_size=None, **options) as opened:
        await opened.recv()
        await opened.send("40")
        for _ in ("connected", "model", "configured"):
            await opened.recv()
        yield opened


RAW = {"websocket": raw_web_socket, "socket.io": raw_socket_io}
"""What opens a connection that sends and receives packets as they are."""


def small_socket(server: LiveServer) -> socket.socket:
    """A socket that takes few bytes while nobody reads it."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(True)
    parts = urlsplit(server.address)
    made.connect((parts.hostname, parts.port))
    made.setblocking(False)
    return made
