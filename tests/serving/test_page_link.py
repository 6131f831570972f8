"""The page and its server: tokens, lost connections, and what the page itself is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.browser import Window, window
from helpers.live_page import (
    BLUE,
    drop_file,
    listening,
    picture_bytes,
    wait_for,
    wait_for_label,
)
from helpers.live_server import LiveServer, live_server
from websockets.sync.client import connect

TOKEN = "a-word-of-the-tests"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A blue picture."""
    path = tmp_path / "blue.jpg"
    path.write_bytes(picture_bytes(BLUE))
    return path


@pytest.fixture
def guarded(tiny_model: Path) -> Iterator[LiveServer]:
    """A server that asks for a token."""
    with live_server(model=tiny_model, token=TOKEN) as running:
        yield running


def state(seen: Window, name: str) -> None:
    """Wait for a state of the connection."""
    seen.page.locator(f".link-state[data-state={name}]").wait_for()


def test_the_page_may_reach_its_own_server_alone(server: LiveServer) -> None:
    reply = httpx.get(server.address)
    policy = reply.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert {"connect-src 'self'", "frame-ancestors 'none'"} < set(policy)
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert reply.headers["permissions-policy"].startswith("camera=(self), microphone=()")


def test_the_page_needs_no_token_and_holds_none(guarded: LiveServer) -> None:
    assert TOKEN not in httpx.get(guarded.address).text


def test_a_token_is_asked_for_and_kept_by_the_tab(chromium: Any, guarded: LiveServer) -> None:
    with window(chromium, guarded.address) as seen:
        field = seen.page.get_by_label("Token of this server")
        field.fill("another-word")
        field.press("Enter")
        seen.page.get_by_text("does not take this token").wait_for()
        field.fill(TOKEN)
        field.press("Enter")
        state(seen, "open")
        assert not field.is_visible()
        seen.page.reload()
        state(seen, "open")
        assert all(TOKEN not in address for address in seen.requests)
        assert seen.page.evaluate("localStorage.length") == 0


def test_a_server_that_comes_back_goes_on(chromium: Any, tiny_model: Path, picture: Path) -> None:
    with ExitStack() as first:
        server = first.enter_context(live_server(model=tiny_model))
        port = int(server.address.rpartition(":")[2])
        with window(chromium, server.address) as seen, listening(seen) as talk:
            drop_file(seen.page, picture)
            wait_for_label(seen, "class 3")
            first.close()
            seen.page.get_by_text("The server cannot be reached").wait_for()
            answered = len(talk.of("prediction"))
            with live_server(model=tiny_model, port=port):
                state(seen, "open")
                wait_for(seen, lambda: len(talk.of("prediction")) > answered)
                assert seen.texts(".notice") == []
    hellos = [one["session"] for one in talk.said if one["type"] == "hello"]
    assert hellos[-1] == hellos[-2]


def test_a_session_is_taken_up_by_one_connection_at_a_time(
    chromium: Any, server: LiveServer
) -> None:
    with window(chromium, server.address) as seen, listening(seen) as talk:
        state(seen, "open")
        hello = {"type": "hello", "session": talk.said[0]["session"]}
        with connect(server.stream) as other:
            other.send(json.dumps(hello))
            seen.page.get_by_text("Another connection has taken up the session").wait_for()
            seen.page.get_by_role("button", name="Go on here").click()
            state(seen, "open")
            other.recv(timeout=10)
        assert talk.said[-1]["session"] != hello["session"]


def test_what_the_server_refuses_is_said_in_words(
    chromium: Any, server: LiveServer, picture: Path
) -> None:
    with window(chromium, server.address) as seen:
        state(seen, "open")
        seen.page.evaluate(
            "() => { HTMLCanvasElement.prototype.toBlob ="
            " (done) => done(new Blob(['no picture'])); }"
        )
        drop_file(seen.page, picture)
        seen.page.get_by_text("The picture cannot be decoded").wait_for()
