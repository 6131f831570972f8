"""What holds of every client that streams, over a plain WebSocket and over Socket.IO."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from helpers.live_server import LiveServer
from helpers.sent_pictures import picture
from helpers.streams import PROTOCOLS

import vidclf

pytestmark = pytest.mark.usefixtures("quiet_log")

Connect = Callable[..., Any]
MEASURED = {"ms"}
"""Fields of an answer that differ from time to time."""


@pytest.fixture(params=sorted(PROTOCOLS))
def connect(request: pytest.FixtureRequest) -> Connect:
    """Opens a client of each protocol in turn."""
    return PROTOCOLS[request.param]


def run(conversation: Coroutine[Any, Any, None]) -> None:
    asyncio.run(conversation)


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs from time to time."""
    return {key: value for key, value in answer.items() if key not in MEASURED}


def test_a_client_is_told_of_the_model_and_its_settings(
    server: LiveServer, connect: Connect
) -> None:
    async def talk() -> None:
        async with connect(server, settings={"top_k": 2}) as client:
            assert client.model["type"] == "model"
            assert client.model["input_size"] == {"width": 32, "height": 24}
            assert client.configured["type"] == "configured"
            assert client.configured["top_k"] == 2

    run(talk())


def test_bytes_and_base64_give_the_same_answer(server: LiveServer, connect: Connect) -> None:
    async def talk() -> None:
        async with connect(server) as client:
            first = await client.frame(picture(), id="a", timestamp=1)
            again = await client.frame(picture(), id="a", timestamp=1, as_text=True)
            assert first["type"] == "prediction"
            assert first["id"] == "a"
            assert said(first) == said(again)

    run(talk())


def test_answers_come_in_the_order_of_the_frames(server: LiveServer, connect: Connect) -> None:
    async def talk() -> None:
        async with connect(server) as client:
            for number in range(30):
                await client.send(picture(number % 3), id=number, timestamp=number)
            answers = [await client.receive() for _ in range(30)]
            assert [answer["id"] for answer in answers] == [*range(30)]
            assert {answer["type"] for answer in answers} <= {"prediction", "dropped"}
            assert answers[-1]["type"] == "prediction"

    run(talk())


def test_a_picture_that_cannot_be_decoded_costs_that_frame(
    server: LiveServer, connect: Connect
) -> None:
    async def talk() -> None:
        async with connect(server) as client:
            refused = await client.frame(b"no picture", id=1)
            assert refused["type"] == "problem"
            assert refused["id"] == 1
            assert refused["error"]["type"] == "urn:vidclf:problem:unreadable-picture"
            assert (await client.frame(picture(), id=2))["type"] == "prediction"

    run(talk())


def test_configure_changes_one_client_only(server: LiveServer, connect: Connect) -> None:
    async def talk() -> None:
        async with connect(server) as one, connect(server) as other:
            assert (await one.configure(top_k=1, rows=True))["top_k"] == 1
            assert len((await one.frame(picture()))["top"]) == 1
            answer = await other.frame(picture())
            assert len(answer["top"]) == 3
            assert "row" not in answer

    run(talk())


def test_a_newer_frame_takes_the_place_of_one_that_waits(
    server: LiveServer, connect: Connect
) -> None:
    async def talk() -> None:
        async with connect(server) as client:
            for number in range(12):
                await client.send(picture(), id=number)
            answers = [await client.receive() for _ in range(12)]
            dropped = [answer for answer in answers if answer["type"] == "dropped"]
            assert [answer["dropped"] for answer in dropped] == [*range(1, len(dropped) + 1)]
            assert dropped
            assert answers[-1]["dropped"] == len(dropped)

    run(talk())


def test_an_earlier_timestamp_begins_a_new_clip(server: LiveServer, connect: Connect) -> None:
    async def talk() -> None:
        async with connect(server) as client:
            assert [
                (await client.frame(picture(), timestamp=second))["frame"]
                for second in (1, 2, 1, 3)
            ] == [0, 1, 0, 1]

    run(talk())


def test_smoothing_by_timestamps_is_that_of_predict(
    tiny_model: Path, tmp_path: Path, server: LiveServer, connect: Connect
) -> None:
    """Frames 0.2 s apart, answered live and as clips that end with each of them."""
    pictures = [picture(seed) for seed in range(5)]
    folder = tmp_path / "frames"
    folder.mkdir()
    expected = []
    for number, data in enumerate(pictures):
        (folder / f"{number:03}.png").write_bytes(data)
        table = vidclf.predict(folder, model=tiny_model, fps=5.0, smooth=1.0)
        expected.append(float(table["confidence"].iloc[-1]))

    async def talk() -> None:
        async with connect(server, settings={"smooth": 1.0}) as client:
            answers = [
                await client.frame(data, timestamp=100 + number / 5)
                for number, data in enumerate(pictures)
            ]
            assert [answer["confidence"] for answer in answers] == pytest.approx(expected, abs=1e-3)
            assert answers[-1]["confidence"] != answers[-1]["raw_confidence"]

    run(talk())
