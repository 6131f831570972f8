"""Two thousand damaged messages in each protocol: nothing reaches the log, nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import websockets
from helpers.live_server import LiveServer
from helpers.sent_pictures import picture
from helpers.streams import RAW, WebSocketClient, web_socket

MESSAGES = 2000
BATCH = 20

Message = str | bytes
NASTY = [
    "[" * 100_000, '{"a":' * 50_000, "[[],[],[]," * 5000, "9" * 5000, "1e999", "NaN", "-Infinity",
    '"\\ud800"', "null", "true", "[]", "{}", '""', "\x00", "\x1e", "é", "²", "٣", "😀",
]  # fmt: skip
VALUES = [
    None, True, -1, 0, 10**18, 10**300, 1e308, -0.0, "", "x" * 300, "\ud800", [], [[]], {},
    {"a": 1}, [1, 2], "9" * 400, float("nan"), float("inf"), "data:,", "AAAA",
]  # fmt: skip
FIELDS = ["id", "timestamp", "image", "smooth", "threshold", "top_k", "rows", "colors", "name"]


def seeds(protocol: str) -> list[Message]:
    """Messages that are right."""
    frame = {"id": 1, "timestamp": 2.5}
    settings = {"smooth": 0.5, "top_k": 2, "rows": True, "colors": True, "name": "n"}
    if protocol == "websocket":
        return [
            json.dumps({"type": "frame", **frame}),
            json.dumps({"type": "configure", **settings}),
            json.dumps({"type": "hello", "session": "a-session"}),
            picture(),
        ]
    return [
        "451-7" + json.dumps(["frame", frame, {"_placeholder": True, "num": 0}]),
        "42" + json.dumps(["configure", settings]),
        "421" + json.dumps(["frame", {**frame, "image": "AAAA"}]),
        '40{"token":"a"}', "41", "430[]", '44{"message":"x"}', "461-0[]", "2probe", "3", "5", "6",
        "1", picture(),
    ]  # fmt: skip


def damaged(protocol: str, dice: random.Random) -> Message:
    """A message that is wrong in some way, or happens to be right."""
    match dice.randrange(5):
        case 0:
            return dice.randbytes(dice.randrange(200))
        case 1:
            return with_odd_values(protocol, dice)
        case 2:
            return dice.choice(NASTY)
        case _:
            return mutated(dice.choice(seeds(protocol)), dice)


def with_odd_values(protocol: str, dice: random.Random) -> str:
    """JSON of the right form with values that cannot be right."""
    fields = {dice.choice(FIELDS): dice.choice(VALUES) for _ in range(3)}
    event = dice.choice(["frame", "configure", "connect", "disconnect", "*", "", "x", *VALUES])
    if protocol == "websocket":
        return json.dumps({"type": event, **fields})
    values = [event, fields, *dice.choices(VALUES, k=dice.randrange(3))]
    return dice.choice(["42", "425", "451-", "451-8"]) + json.dumps(values)


def mutated(message: Message, dice: random.Random) -> Message:
    """A message with a piece lost, doubled or replaced."""
    start = dice.randrange(len(message) + 1)
    end = min(len(message), start + dice.randrange(20))
    if isinstance(message, bytes):
        piece: Any = dice.choice([b"", dice.randbytes(5), message[start:end] * 2])
    else:
        piece = dice.choice(["", dice.choice(NASTY), message[start:end] * 2])
    whole: Message = message[:start] + piece + message[end:]
    return whole


async def send_all(server: LiveServer, protocol: str, messages: Iterator[Message]) -> None:
    """Send messages, a few over each connection, as some of them end it."""
    while batch := [*itertools.islice(messages, BATCH)]:
        with contextlib.suppress(websockets.ConnectionClosed):
            async with RAW[protocol](server) as socket:
                reader = asyncio.create_task(read_all(socket))
                for message in batch:
                    await send(socket, message)
                await (await socket.ping())
        await reader


async def send(socket: Any, message: Message) -> None:
    """Send a message as what it is, or bytes that begin so as text, which they hardly are."""
    if isinstance(message, str):
        await socket.send(message.encode("utf-8", "surrogatepass"), text=True)
    else:
        await socket.send(message, text=message[:1] < b"\x08")
    await asyncio.sleep(0)


async def read_all(socket: Any) -> None:
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            await socket.recv()


async def go_on(client: WebSocketClient, done: asyncio.Event) -> int:
    """Send frames until the others are done; each must be answered."""
    answered = 0
    while not done.is_set():
        answer = await client.frame(picture(), id=answered, timestamp=answered)
        assert (answer["type"], answer["id"]) == ("prediction", answered)
        answered += 1
    return answered


@pytest.mark.parametrize("protocol", sorted(RAW))
def test_damaged_messages_harm_nobody(
    server: LiveServer,
    protocol: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("vidclf.serving.client_list.MOST_EVENTS_A_SECOND", 10**9)
    monkeypatch.setattr("vidclf.serving.streams.socket_protocol.LINGER_SECONDS", 0.05)
    dice = random.Random(protocol)
    messages = (damaged(protocol, dice) for _ in range(MESSAGES))

    async def talk() -> None:
        done = asyncio.Event()
        async with web_socket(server) as other:
            going = asyncio.create_task(go_on(other, done))
            await send_all(server, protocol, messages)
            done.set()
            assert await going > 10

    with caplog.at_level(logging.WARNING):
        asyncio.run(talk())
    assert not caplog.text
    assert not capfd.readouterr().err


def test_damaged_bodies_harm_nobody(server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    address = f"{server.address}/socket.io/?EIO=4&transport=polling"
    dice = random.Random(5)
    with caplog.at_level(logging.WARNING), httpx.Client(timeout=30) as client:
        url = ""
        for number in range(300):
            if number % 30 == 0:
                opened = json.loads(client.get(address).text[1:])
                url = f"{address}&sid={opened['sid']}"
                client.post(url, content="40")
            parts = [damaged("socket.io", dice) for _ in range(dice.randrange(1, 4))]
            body = b"\x1e".join(
                part if isinstance(part, bytes) else part.encode("utf-8", "replace")
                for part in parts
            )
            assert client.post(url, content=body).status_code in (200, 400)
    assert not caplog.text
