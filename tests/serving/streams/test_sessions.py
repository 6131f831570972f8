"""Sessions outlive their connections for a while, heads of all kinds stream, and streams end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.live_server import LiveServer, live_server
from helpers.sent_pictures import picture
from helpers.streams import PROTOCOLS, SECONDS, SocketIoClient, socket_io, when_free
from helpers.tiny_model import build_tiny_model

pytestmark = pytest.mark.usefixtures("quiet_log")

Connect = Callable[..., Any]
KEY = "a-name-that-nobody-guesses"


@pytest.fixture(params=sorted(PROTOCOLS))
def connect(request: pytest.FixtureRequest) -> Connect:
    """Opens a client of each protocol in turn."""
    opened: Connect = PROTOCOLS[request.param]
    return opened


@pytest.mark.parametrize("leave", ["says goodbye", "goes without a word"])
def test_a_session_goes_on_after_its_client_comes_back(
    server: LiveServer, connect: Connect, leave: str
) -> None:
    async def talk() -> None:
        async with connect(server, session=KEY, settings={"top_k": 1}) as client:
            assert (await client.frame(picture(), timestamp=1))["frame"] == 0
            if leave == "goes without a word":
                await client.drop()
        async with connect(server, session=KEY) as client:
            answer = await client.frame(picture(), timestamp=2)
            assert answer["frame"] == 1
            assert len(answer["top"]) == 1

    asyncio.run(talk())


def test_a_session_that_nobody_took_up_begins_anew(
    server: LiveServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.serving.client_list.SESSION_KEEP_SECONDS", 0.0)

    async def talk() -> None:
        async with connect(server, session=KEY + "2") as client:
            await client.frame(picture(), timestamp=1)
        await asyncio.sleep(0.05)
        async with connect(server, session=KEY + "2") as client:
            assert (await client.frame(picture(), timestamp=2))["frame"] == 0

    asyncio.run(talk())


def test_a_session_is_taken_from_a_connection_that_hangs(
    server: LiveServer, connect: Connect
) -> None:
    async def talk() -> None:
        async with connect(server, session=KEY + "3") as first:
            await first.frame(picture(), timestamp=1)
            async with connect(server, session=KEY + "3") as second:
                told = await first.receive()
                assert told["error"]["type"] == "urn:vidclf:problem:session-taken"
                assert (await second.frame(picture(), timestamp=2))["frame"] == 1

    asyncio.run(talk())


def test_a_session_is_taken_over_another_protocol(server: LiveServer, connect: Connect) -> None:
    async def talk() -> None:
        async with connect(server, session=KEY + "4") as client:
            await client.frame(picture(), timestamp=1)
        async with socket_io(server, session=KEY + "4", transports=("polling",)) as client:
            assert (await client.frame(picture(), timestamp=2))["frame"] == 1

    asyncio.run(talk())


def test_a_client_that_goes_away_in_the_middle_frees_its_place(
    tiny_model: Path, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.serving.client_list.MOST_CLIENTS", 1)

    async def talk(server: LiveServer) -> None:
        for _ in range(5):
            async with when_free(connect, server) as client:
                for number in range(5):
                    await client.send(picture(), id=number)
                await client.drop()
        async with when_free(connect, server) as client:
            assert (await client.frame(picture()))["type"] == "prediction"

    with live_server(model=tiny_model) as server:  # the other one has clients of other tests
        asyncio.run(talk(server))


@pytest.mark.parametrize("head", ["regression", "sigmoid"])
def test_other_heads_stream(tmp_path: Path, head: str) -> None:
    path = tmp_path / "model.keras"
    activation = "linear" if head == "regression" else head
    build_tiny_model(head=activation, units=2).save(path)

    async def talk(running: LiveServer, connect: Connect) -> None:
        async with connect(running, settings={"smooth": 0.0}) as client:
            answer = await client.frame(picture())
            if head == "regression":
                assert answer["values"] == answer["raw_values"]
                assert len(answer["values"]) == 2
            else:
                assert set(answer["labels"]) <= {*client.model["labels"]}

    with live_server(model=path, head=head) as running:
        for connect in PROTOCOLS.values():
            asyncio.run(talk(running, connect))


def test_what_is_in_flight_is_answered_when_the_server_stops(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.serving.limits.FLUSH_SECONDS", SECONDS)

    async def talk(running: LiveServer) -> None:
        async with (
            PROTOCOLS["websocket"](running) as plain,
            socket_io(running) as upgraded,
            socket_io(running, transports=("polling",)) as polling,
        ):
            clients = (plain, upgraded, polling)
            for client in clients:
                await client.send(picture(), id="last")
            await asyncio.sleep(0.02)
            running.stop()
            for client in clients:
                told = [await client.receive()]
                while told[-1].get("error", {}).get("type") != "urn:vidclf:problem:stopping":
                    told.append(await client.receive())
                assert [one["type"] for one in told] in (["problem"], ["prediction", "problem"])
                if isinstance(client, SocketIoClient):
                    assert len(client.acknowledged) == len(told) - 1
            async with asyncio.timeout(SECONDS):
                while not running.ended.done():
                    await asyncio.sleep(0.01)

    with live_server(model=tiny_model) as running:
        asyncio.run(talk(running))
