"""What is special to Socket.IO: its transports, acknowledgements, events and other clients."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
import socketio
from helpers.live_server import LiveServer
from helpers.sent_pictures import picture
from helpers.streams import raw_socket_io, socket_io

pytestmark = pytest.mark.usefixtures("quiet_log")

TRANSPORTS = [("websocket",), ("polling",), ("polling", "websocket")]


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
def test_acknowledgement_and_event_say_the_same(
    server: LiveServer, transports: tuple[str, ...]
) -> None:
    async def talk() -> None:
        async with socket_io(server, transports=transports) as client:
            assert client.client.transport() == transports[-1]
            event = await client.frame(picture(), id=3, timestamp=1.5)
            while not client.acknowledged:
                await asyncio.sleep(0.001)
            assert event == {"type": "prediction", **client.acknowledged[0]}
            assert event["id"] == 3

    asyncio.run(talk())


def test_the_client_that_does_not_know_of_asyncio_is_answered(server: LiveServer) -> None:
    with socketio.SimpleClient() as client:
        client.connect(server.address)
        assert client.receive()[0] == "model"
        assert client.call("configure", {"top_k": 1})["top_k"] == 1
        assert len(client.call("frame", ({"id": 1}, picture()))["top"]) == 1


@pytest.mark.parametrize("event", ["connect", "disconnect", "*", "model", "unknown", ""])
def test_an_event_that_nobody_knows_is_refused(server: LiveServer, event: str) -> None:
    async def talk() -> None:
        async with raw_socket_io(server) as socket:
            await socket.send("42" + json.dumps([event, {"asgi.scope": {}}, {}]))
            told = json.loads((await socket.recv())[2:])
            assert (told[0], told[1]["error"]["status"]) == ("problem", 400)
            await socket.send('427["configure",{}]')
            assert "configured" in await socket.recv()

    asyncio.run(talk())


@pytest.mark.parametrize(
    "hello", [{"session": "short"}, {"settings": {"smooth": None}}, {"settings": []}], ids=repr
)
def test_what_is_said_first_must_be_right(server: LiveServer, hello: dict[str, Any]) -> None:
    assert refusal(server, hello)["status"] in (400, 422)


def refusal(server: LiveServer, hello: Any) -> dict[str, Any]:
    """The problem with which a client is refused."""
    told: list[dict[str, Any]] = []
    client = socketio.Client(reconnection=False)
    client.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.address, auth=hello, transports=["websocket"])
    return dict(told[0]["data"])


def test_pages_of_other_origins_are_refused_once(server: LiveServer) -> None:
    address = f"{server.address}/socket.io/?EIO=4&transport=polling"
    refused = httpx.get(address, headers={"Origin": "http://elsewhere.example"})
    assert refused.json()["type"] == "urn:vidclf:problem:forbidden-origin"
    own = httpx.get(address, headers={"Origin": server.address})
    assert own.status_code == 200
    assert own.headers.get_list("access-control-allow-origin") == [server.address]


@pytest.mark.parametrize("query", ["&j=0", "&sid=nobody", "&transport=carrier-pigeon"])
def test_a_request_that_cannot_be_right_is_refused(server: LiveServer, query: str) -> None:
    address = f"{server.address}/socket.io/?EIO=4{query}"
    assert httpx.get(address).status_code == 400
    assert httpx.post(address, content="40").status_code == 400


@pytest.mark.parametrize("number", ["5", "null", "{}", '"0"'])
def test_a_picture_that_has_no_place_costs_that_frame(server: LiveServer, number: str) -> None:
    async def talk() -> None:
        async with raw_socket_io(server) as socket:
            await socket.send('451-["frame",{"_placeholder":true,"num":' + number + "}]")
            await socket.send(picture())
            assert "bad-request" in await socket.recv()
            await socket.send('427["configure",{}]')
            assert "configured" in await socket.recv()

    asyncio.run(talk())
