"""Whose frame is looked at when."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from helpers.live_frames import Gate, running_service, sent

from vidclf.serving.sent_frame import SentFrame
from vidclf.serving.service import Service
from vidclf.serving.session import Session


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 60))


def new_session(service: Service) -> Session:
    return service.clients.join(None, on_taken=lambda problem: None).session


async def settled() -> None:
    """Let all that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0.01)


def test_the_latest_frame_of_a_client_wins(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model) as service:
            gate, session = Gate(service), new_session(service)
            answers = [asyncio.create_task(service.answer(session, sent(0, seconds=0)))]
            await gate.arrived()
            for number in range(1, 8):
                frame = sent(number, seconds=number)
                answers.append(asyncio.create_task(service.answer(session, frame)))
                await settled() if number == 1 else await asyncio.sleep(0)
            gate.open(3)
            told = await asyncio.gather(*answers)
        # 0 is with the model, 1 was decoded for the next batch, 7 took the place of all others
        assert [one["id"] for one in told if "label" in one] == [0, 1, 7]
        assert [one["dropped"] for one in told if "label" not in one] == [1, 2, 3, 4, 5]
        assert [one["frame"] for one in told if "label" in one] == [0, 1, 2]
        assert told[-1]["dropped"] == 5
        assert service.tally.summary().frames_dropped == 5

    run(test())


def test_turns_go_round(tiny_model: Path) -> None:
    async def test() -> None:
        order: list[int] = []
        async with running_service(model=tiny_model, batch_size=2) as service:
            gate = Gate(service)
            sessions = [new_session(service) for _ in range(5)]

            async def ask(client: int, number: int) -> None:
                await service.answer(sessions[client], sent(number, seconds=number))
                order.append(client)

            tasks = [asyncio.create_task(ask(0, 0))]
            await gate.arrived()
            for client in range(5):
                tasks += [asyncio.create_task(ask(client, number)) for number in (1, 2)]
            await settled()
            gate.open(20)
            await asyncio.gather(*tasks)
        # one frame each of 0 to 4, two at once; the second frames of 0 and 1 come after those
        assert order.index(4) < len(order) - 1
        answered = [client for client in order if client != 0]
        assert {client: answered.count(client) for client in range(1, 5)} == dict.fromkeys(
            range(1, 5), 2
        )
        assert max(gate.batches) == 2

    run(test())


def test_frames_of_several_clients_are_computed_together(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model, batch_size=4) as service:
            gate = Gate(service)
            first = asyncio.create_task(service.answer(new_session(service), sent(0)))
            await gate.arrived()
            others = [
                asyncio.create_task(service.answer(new_session(service), sent(number)))
                for number in range(1, 5)
            ]
            await settled()
            gate.open(2)
            await asyncio.gather(first, *others)
        assert gate.batches == [1, 4]

    run(test())


def test_a_picture_that_cannot_be_decoded_costs_that_frame(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model) as service:
            session, other = new_session(service), new_session(service)
            good = await service.answer(session, sent(0, seconds=0))
            broken = await service.answer(session, SentFrame.of({"id": 1}, b"no picture"))
            text = await service.answer(session, SentFrame.of({"id": 2, "image": "?"}))
            after = await service.answer(session, sent(3, seconds=2))
            assert (await service.answer(other, sent(9)))["frame"] == 0
        assert broken["error"]["type"] == "urn:vidclf:problem:unreadable-picture"
        assert text["error"]["status"] == 422
        assert (good["frame"], after["frame"]) == (0, 1)
        assert service.tally.summary().frames_refused == 2

    run(test())


def test_one_clients_picture_costs_no_other_an_answer(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model) as service:
            network = service._scheduler._network
            compute = network._runtime.scores

            def scores(pixels: Any) -> Any:
                found = compute(pixels)
                found[pixels.reshape(len(pixels), -1).max(axis=1) == 0] = float("nan")
                return found

            network._runtime.scores = scores
            black = SentFrame.of({"id": "black"}, _black())
            frames = [sent(1), black, sent(2)]
            told = await asyncio.gather(
                *(service.answer(new_session(service), frame) for frame in frames)
            )
        assert ["label" in one for one in told] == [True, False, True]
        assert told[1]["error"]["type"].endswith("model-failed")

    run(test())


def _black() -> bytes:
    from helpers.live_frames import plain

    return plain((0, 0, 0))


def test_frames_between_carry_the_answer_in_order(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model, stride=3, smooth=0.0) as service:
            session = new_session(service)
            told = [
                await service.answer(session, sent(number, seconds=number / 25))
                for number in range(7)
            ]
        assert [one["inferred"] for one in told] == [True, False, False] * 2 + [True]
        assert told[1]["confidence"] == told[2]["confidence"] == told[0]["confidence"]
        assert told[3]["confidence"] != told[2]["confidence"]
        assert [one["frame"] for one in told] == [*range(7)]

    run(test())


def test_a_time_that_goes_back_begins_a_new_clip(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model, smooth=10.0) as service:
            session = new_session(service)
            times = [0.0, 0.1, 0.2, 0.1, 0.2]
            told = [
                await service.answer(session, sent(number, seconds=seconds))
                for number, seconds in enumerate(times)
            ]
        assert [one["frame"] for one in told] == [0, 1, 2, 0, 1]
        assert told[3]["confidence"] == told[3]["raw_confidence"]
        assert told[2]["confidence"] != told[2]["raw_confidence"]

    run(test())


def test_a_client_that_stops_telling_the_time_begins_one_new_clip(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model) as service:
            session = new_session(service)
            times = [100.0, None, None, None]
            told = [
                await service.answer(session, sent(number, seconds=seconds))
                for number, seconds in enumerate(times)
            ]
        assert [one["frame"] for one in told] == [0, 0, 1, 2]

    run(test())


@pytest.mark.parametrize("max_wait_ms", [0.0, 5.0, 1000.0])
def test_a_lone_client_waits_for_nobody(max_wait_ms: float, tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model, max_wait_ms=max_wait_ms) as service:
            session = new_session(service)
            for number in range(5):
                told = await service.answer(session, sent(number, seconds=number))
                assert told["ms"]["wait"] < 900

    run(test())


def test_what_is_being_looked_at_is_answered_before_the_end(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model, batch_size=1) as service:
            gate, session = Gate(service), new_session(service)
            tasks = [asyncio.create_task(service.answer(session, sent(0, seconds=0)))]
            await gate.arrived()
            for number in (1, 2):
                frame = sent(number, seconds=number)
                tasks.append(asyncio.create_task(service.answer(session, frame)))
                await settled()
            stopping = asyncio.create_task(service.stop())
            await settled()
            late = await service.answer(session, sent(3, seconds=3))
            gate.open(2)
            await stopping
            told = await asyncio.gather(*tasks)
        assert ["label" in one for one in told] == [True, True, False]
        for refused in (told[2], late):
            assert refused["error"]["type"] == "urn:vidclf:problem:stopping"

    run(test())


def test_what_waits_of_a_client_that_left_is_let_go(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model) as service:
            gate, session = Gate(service), new_session(service)
            tasks = [asyncio.create_task(service.answer(session, sent(0, seconds=0)))]
            await gate.arrived()
            for number in (1, 2):
                frame = sent(number, seconds=number)
                tasks.append(asyncio.create_task(service.answer(session, frame)))
                await settled()
            service.forget(session)
            assert (await tasks[2])["dropped"] == 1
            gate.open(2)
            await asyncio.gather(*tasks)
        assert gate.batches == [1, 1]

    run(test())
