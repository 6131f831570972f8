"""What a client that streams may not do costs that client its stream, and no other one anything."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
import websockets
from helpers.live_server import LiveServer, live_server
from helpers.sent_pictures import picture
from helpers.streams import (
    PROTOCOLS,
    RAW,
    raw_socket_io,
    raw_web_socket,
    small_socket,
    web_socket,
    when_free,
)

pytestmark = pytest.mark.usefixtures("quiet_log")

TOKEN = "a-secret-of-a-test"


@pytest.fixture(scope="module")
def guarded(tiny_model: Path) -> Iterator[LiveServer]:
    """A server with a token."""
    with live_server(model=tiny_model, token=TOKEN) as running:
        yield running


@pytest.fixture
def without_event_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many events a second as there are."""
    monkeypatch.setattr("vidclf.serving.client_list.MOST_EVENTS_A_SECOND", 10**9)


@pytest.fixture
def few_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """One event a second."""
    monkeypatch.setattr("vidclf.serving.client_list.MOST_EVENTS_A_SECOND", 1)


@pytest.fixture
def few_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten answers may wait for a client that does not read."""
    monkeypatch.setattr("vidclf.serving.limits.MOST_UNREAD_ANSWERS", 10)


def configure(protocol: str) -> str:
    """A packet whose answer is long."""
    fields = {"type": "configure", "name": "n" * 200, "rows": True}
    if protocol == "websocket":
        return json.dumps(fields)
    del fields["type"]
    return "42" + json.dumps(["configure", fields])


@pytest.mark.usefixtures("without_event_limit", "few_unread")
@pytest.mark.parametrize("protocol", RAW)
def test_a_client_that_reads_nothing_is_closed_and_others_are_answered(
    server: LiveServer, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.serving.streams.socket_protocol.LINGER_SECONDS", 60)
    packet = configure(protocol)
    asleep = {"sock": small_socket(server), "max_queue": 1, "ping_interval": None}

    async def talk() -> None:
        async with web_socket(server) as other, RAW[protocol](server, **asleep) as socket:
            while clients(server) > 1:
                for _ in range(2000):
                    await socket.send(packet)
                assert (await other.frame(picture()))["type"] == "prediction"
            assert await closing(socket) == (4503, "slow-reader")

    asyncio.run(talk())


def clients(server: LiveServer) -> int:
    """How many stream."""
    text = httpx.get(f"{server.address}/metrics").text
    return int(float(re.findall(r"^vidclf_clients (.*)$", text, re.MULTILINE)[0]))


@pytest.mark.usefixtures("without_event_limit", "few_unread")
def test_a_client_that_polls_for_nothing_is_closed(server: LiveServer) -> None:
    address = f"{server.address}/socket.io/?EIO=4&transport=polling"
    with httpx.Client() as client:
        opened = json.loads(client.get(address).text[1:])
        address += f"&sid={opened['sid']}"
        client.post(address, content="40")
        packets = "\x1e".join(["4" + configure("socket.io")[1:]] * 10)
        answers = [client.post(address, content=packets).status_code for _ in range(20)]
        assert answers[0] == 200
        told = client.get(address).text
    assert "slow-reader" in told


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_too_many_events_end_the_stream(
    server: LiveServer, protocol: str, few_events: None
) -> None:
    async def talk() -> None:
        async with PROTOCOLS[protocol](server) as client:
            for _ in range(20):
                await client.say(type="configure")
            while (told := await client.receive())["type"] == "configured":
                pass
            assert told["error"]["type"] == "urn:vidclf:problem:too-many-events"

    asyncio.run(talk())


def test_the_closing_of_a_websocket_says_why(server: LiveServer, few_events: None) -> None:
    async def talk() -> None:
        async with raw_web_socket(server) as socket:
            for _ in range(20):
                await socket.send('{"type": "configure"}')
            assert await closing(socket) == (4429, "too-many-events")

    asyncio.run(talk())


async def closing(socket: Any) -> tuple[int, str]:
    """How a connection ends, after all that comes before."""
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code, socket.close_reason


@pytest.mark.parametrize("hello", [{}, {"token": "another-token"}, {"token": None}, {"token": 7}])
def test_a_websocket_without_the_token_is_closed(
    guarded: LiveServer, hello: dict[str, Any]
) -> None:
    async def talk() -> None:
        async with websockets.connect(guarded.stream) as socket:
            await socket.send(json.dumps({"type": "hello", **hello}))
            told = json.loads(await socket.recv())
            assert told["error"]["status"] == 401
            assert await closing(socket) == (4401, "unauthorized")

    asyncio.run(talk())


def test_socket_io_without_the_token_is_refused(guarded: LiveServer) -> None:
    told: list[dict[str, Any]] = []
    client = socketio.Client(reconnection=False)
    client.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(guarded.address, auth={"token": "another-token"})
    assert told[0]["data"]["type"] == "urn:vidclf:problem:unauthorized"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "sent", [{"token": TOKEN}, {"headers": {"Authorization": f"Bearer {TOKEN}"}}]
)
def test_the_token_lets_in(guarded: LiveServer, protocol: str, sent: dict[str, Any]) -> None:
    async def talk() -> None:
        async with PROTOCOLS[protocol](guarded, **sent) as client:
            assert (await client.frame(picture()))["type"] == "prediction"

    asyncio.run(talk())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_one_client_more_than_the_server_takes_is_refused(
    server: LiveServer, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.serving.client_list.MOST_CLIENTS", 1)

    async def talk() -> None:
        async with when_free(web_socket, server) as first:
            with pytest.raises((socketio.exceptions.ConnectionError, websockets.ConnectionClosed)):
                async with PROTOCOLS[protocol](server):
                    pass
            assert (await first.frame(picture()))["type"] == "prediction"

    asyncio.run(talk())


@pytest.mark.parametrize(
    "path", ["/v1/stream", "/socket.io/?EIO=4&transport=websocket"], ids=["websocket", "socket.io"]
)
def test_a_connection_that_says_nothing_is_closed(
    server: LiveServer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.serving.limits.HANDSHAKE_SECONDS", 0.05)

    async def talk() -> None:
        async with websockets.connect(server.address.replace("http", "ws", 1) + path) as socket:
            assert await closing(socket) == (4408, "timeout")

    asyncio.run(talk())


@pytest.mark.parametrize("protocol", RAW)
def test_a_message_larger_than_any_picture_ends_that_connection(
    server: LiveServer, protocol: str
) -> None:
    async def talk() -> None:
        async with RAW[protocol](server) as socket:
            with contextlib.suppress(websockets.ConnectionClosed):
                await socket.send(bytes(14_000_000))
            assert (await closing(socket))[0] == 1009

    asyncio.run(talk())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_picture_larger_than_the_server_takes_costs_that_frame(
    server: LiveServer, protocol: str
) -> None:
    async def talk() -> None:
        async with PROTOCOLS[protocol](server) as client:
            refused = await client.frame(bytes(10_100_000), id=1)
            assert refused["error"]["type"] == "urn:vidclf:problem:too-large"
            assert (await client.frame(picture(), id=2))["type"] == "prediction"

    asyncio.run(talk())


def test_pictures_that_no_event_has_announced_are_refused(server: LiveServer) -> None:
    async def talk() -> None:
        async with raw_socket_io(server) as socket:
            for packet in (picture(), '451-["frame",{"_placeholder":true,"num":0}]', "42[]"):
                await socket.send(packet)
            told = [await socket.recv() for _ in range(2)]
            assert all("bad-request" in one for one in told)

    asyncio.run(talk())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_deadlines_of_requests_do_not_end_a_stream(
    server: LiveServer, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.serving.limits.BODY_SECONDS", 0.05)

    async def talk() -> None:
        async with PROTOCOLS[protocol](server) as client:
            await asyncio.sleep(0.2)
            assert (await client.frame(picture()))["type"] == "prediction"

    asyncio.run(talk())
