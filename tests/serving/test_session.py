"""What a client may choose for itself, and how its session outlives it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.live_frames import running_service, sent

from vidclf.serving import client_list
from vidclf.serving.client_list import ClientList
from vidclf.serving.limits import MOST_CLIENTS, MOST_EVENTS_A_SECOND
from vidclf.serving.problems import Problem, ProblemError
from vidclf.serving.service import Service, open_model
from vidclf.serving.session import Session
from vidclf.settings import Settings

KEY = "0123456789abcdef"


@pytest.fixture(scope="module")
def make_session(tiny_model: Path) -> Callable[[], Session]:
    settings = Settings(model=tiny_model)
    engine = open_model(settings)
    return lambda: Session(engine, settings)


def test_settings_are_changed_and_told(make_session: Callable[[], Session]) -> None:
    session = make_session()
    told = session.configure({"smooth": 0, "top_k": 2, "rows": True, "name": "bird.mp4"})
    assert told["smooth"] == 0
    assert told["top_k"] == 2
    assert told["columns"][:4] == ["video", "frame", "timestamp", "inferred"]
    assert "top2_label" in told["columns"]
    assert "top3_label" not in told["columns"]
    assert session.configure({"threshold": 0.9}) == told | {"threshold": 0.9}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"smooth": -1}, "smooth -1: must be between 0 and 10 seconds"),
        ({"smooth": "much"}, "smooth 'much': must be a number"),
        ({"smooth": float("nan")}, "smooth nan: must be between"),
        ({"threshold": 2}, "threshold 2: must be between 0 and 1"),
        ({"top_k": 0}, "top-k 0: must be 1 or more"),
        ({"top_k": 1.5}, "top-k 1.5: must be a whole number"),
        ({"model": "other.keras"}, "no setting 'model': there are smooth, threshold, top_k"),
        ({"rows": 1}, "`rows` must be true or false"),
        ({"name": ""}, "`name` must be a text of 1 to 200 characters"),
        ({"name": "x" * 201}, "`name` must be a text of 1 to 200 characters"),
    ],
)
def test_settings_that_cannot_be_right_change_nothing(
    make_session: Callable[[], Session], fields: dict[str, Any], message: str
) -> None:
    session = make_session()
    before = session.configure({})
    with pytest.raises(ProblemError, match=message):
        session.configure({"smooth": 1.5} | fields)
    assert session.configure({}) == before


def test_settings_count_from_the_next_answer_on(tiny_model: Path) -> None:
    async def test() -> None:
        async with running_service(model=tiny_model, smooth=10.0) as service:
            session, other = _join(service), _join(service)
            for number in range(3):
                smoothed = await service.answer(session, sent(number, seconds=number / 10))
            session.configure({"smooth": 0, "threshold": 1, "rows": True, "colors": True})
            plain = await service.answer(session, sent(3, seconds=0.3))
            await service.answer(other, sent(0, seconds=0))
            untouched = await service.answer(other, sent(3, seconds=0.1))
        assert smoothed["confidence"] != smoothed["raw_confidence"]
        assert plain["confidence"] == plain["raw_confidence"]
        assert plain["certain"] is False
        assert plain["row"][1] == "3"
        assert set(plain["colors"]) == {one["label"] for one in plain["top"]}
        assert untouched["confidence"] != untouched["raw_confidence"]
        assert not untouched.keys() & {"row", "colors"}

    asyncio.run(test())


def _join(service: Service) -> Session:
    return service.clients.join(None, on_taken=lambda problem: None).session


def clients(make_session: Callable[[], Session]) -> ClientList:
    return ClientList(make_session)


def ignore(problem: Problem) -> None:
    """What a connection does whose session is not taken."""


def test_a_session_goes_on_with_the_next_connection(make_session: Callable[[], Session]) -> None:
    async def test() -> None:
        listed = clients(make_session)
        first = listed.join(KEY, on_taken=ignore)
        listed.leave(first)
        assert len(listed) == 0
        assert listed.join(KEY, on_taken=ignore).session is first.session
        assert listed.join("another session", on_taken=ignore).session is not first.session

    asyncio.run(test())


def test_after_a_while_it_begins_anew(
    make_session: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        listed = clients(make_session)
        first = listed.join(KEY, on_taken=ignore)
        listed.leave(first)
        await asyncio.sleep(0.1)
        assert listed.join(KEY, on_taken=ignore).session is not first.session

    monkeypatch.setattr(client_list, "SESSION_KEEP_SECONDS", 0.02)
    asyncio.run(test())


def test_a_session_is_taken_up_from_a_connection_that_hangs(
    make_session: Callable[[], Session],
) -> None:
    async def test() -> None:
        listed = clients(make_session)
        told: list[Problem] = []
        first = listed.join(KEY, on_taken=told.append)
        second = listed.join(KEY, on_taken=ignore)
        assert second.session is first.session
        assert [problem.kind for problem in told] == ["session-taken"]
        listed.leave(first)  # it notices late
        assert len(listed) == 1
        listed.leave(second)
        assert listed.join(KEY, on_taken=ignore).session is first.session

    asyncio.run(test())


@pytest.mark.parametrize("key", ["short", "x" * 201, 12345678, "with\ncontrol"])
def test_a_session_needs_a_name_that_nobody_guesses(
    make_session: Callable[[], Session], key: object
) -> None:
    with pytest.raises(ProblemError, match="`session` must be a text of 8 to 200 characters"):
        clients(make_session).join(key, on_taken=ignore)


def test_there_is_an_end_to_clients_and_to_sessions_that_wait(
    make_session: Callable[[], Session],
) -> None:
    async def test() -> None:
        listed = clients(make_session)
        joined = [listed.join(f"session {i:03}", on_taken=ignore) for i in range(MOST_CLIENTS)]
        with pytest.raises(ProblemError, match="100 clients stream already"):
            listed.join(None, on_taken=ignore)
        listed.join("session 007", on_taken=ignore)  # takes up, and so adds nobody
        for client in joined:
            listed.leave(client)
        listed.leave(listed.join("one more session", on_taken=ignore))
        assert len(listed._kept) == MOST_CLIENTS

    asyncio.run(test())


def test_events_are_counted(
    make_session: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([*[5.0] * (MOST_EVENTS_A_SECOND + 1), 5.5, 5.5])
    monkeypatch.setattr(client_list, "perf_counter", lambda: next(clock))
    client = clients(make_session).join(None, on_taken=ignore)
    client.credited = 5.0
    for _ in range(MOST_EVENTS_A_SECOND):
        client.count_event()
    with pytest.raises(ProblemError, match="more than 240 events a second"):
        client.count_event()
    client.count_event()
    assert client.credit == MOST_EVENTS_A_SECOND / 2 - 1
