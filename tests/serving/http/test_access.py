"""Who may use the server over HTTP, and what every answer has."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.live_server import LiveServer, live_server
from helpers.raw_http import exchange, request
from helpers.sent_pictures import picture

from vidclf.serving.service import Service

TOKEN = "a-secret-of-21-letters"
CLOSE = "Connection: close"
HANDSHAKE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
FRIEND = "https://lab.example"


@pytest.fixture(scope="module")
def locked(tiny_model: Path) -> Iterator[LiveServer]:
    """A server that wants a token, and lets in the pages of a friend."""
    with live_server(model=tiny_model, token=TOKEN, allow_origins=[FRIEND]) as running:
        yield running


def problem(answer: httpx.Response) -> str:
    """The kind of an answer's problem, after a check of its form."""
    members = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert members["status"] == answer.status_code
    assert all(members[name] for name in ("title", "detail"))
    return str(members["type"]).removeprefix("urn:vidclf:problem:")


class TestToken:
    """A server that wants one."""

    @pytest.mark.parametrize("path", ["/v1/model", "/readyz", "/metrics", "/v1/nothing", "/x"])
    def test_it_is_asked_for(self, locked: LiveServer, path: str) -> None:
        answer = httpx.get(locked.address + path)
        assert problem(answer) == "unauthorized"
        assert answer.headers["www-authenticate"] == "Bearer"

    @pytest.mark.parametrize("path", ["/", "/healthz", "/openapi.json"])
    def test_it_is_not_asked_for(self, locked: LiveServer, path: str) -> None:
        assert httpx.get(locked.address + path).status_code == 200

    @pytest.mark.parametrize("given", [f"Bearer {TOKEN}x", "Bearer", f"Basic {TOKEN}", TOKEN, "é"])
    def test_another_one_is_refused(self, locked: LiveServer, given: str) -> None:
        headers = {"Authorization": given.encode()}
        assert problem(httpx.get(f"{locked.address}/v1/model", headers=headers)) == "unauthorized"

    def test_the_right_one_is_taken(self, locked: LiveServer) -> None:
        headers = {"Authorization": f"bearer {TOKEN}"}
        answer = httpx.post(f"{locked.address}/v1/predict", headers=headers, content=picture())
        assert answer.status_code == 200

    def test_no_body_is_read_without_it(self, locked: LiveServer) -> None:
        head = request("Content-Length: 9000000", "Expect: 100-continue", CLOSE)
        assert exchange(locked.address, head).status == 401

    def test_it_is_never_told(self, locked: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        headers = {"Authorization": f"Bearer {TOKEN}x"}
        answer = httpx.get(f"{locked.address}/v1/model?token={TOKEN}", headers=headers)
        assert TOKEN not in answer.text
        ours = [one for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
        assert TOKEN not in "".join(one.getMessage() for one in ours)


class TestPagesOfElsewhere:
    """What a browser is made to ask by a page of another origin."""

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "http://[", "://", "x" * 99]
    )
    def test_they_are_refused(self, server: LiveServer, origin: str) -> None:
        answer = httpx.get(f"{server.address}/v1/model", headers={"Origin": origin})
        assert problem(answer) == "forbidden-origin"
        assert "access-control-allow-origin" not in answer.headers

    @pytest.mark.parametrize("host", ["evil.example", "[", "localhost.evil.example", ""])
    def test_so_is_another_name_of_this_machine(self, server: LiveServer, host: str) -> None:
        answer = httpx.get(f"{server.address}/v1/model", headers={"Host": host})
        assert problem(answer) == "forbidden-origin"

    @pytest.mark.parametrize("path", ["/v1/stream", "/socket.io/?EIO=4&transport=websocket"])
    def test_so_are_their_websockets(self, server: LiveServer, path: str) -> None:
        asked = request(*HANDSHAKE, "Origin: https://evil.example", line=f"GET {path} HTTP/1.1")
        assert exchange(server.address, asked).problem()["status"] == 403

    def test_the_servers_own_page_is_not(self, server: LiveServer) -> None:
        answer = httpx.get(f"{server.address}/v1/model", headers={"Origin": server.address})
        assert answer.status_code == 200

    def test_a_friends_page_may_read_the_answer(self, locked: LiveServer) -> None:
        headers = {"Origin": FRIEND, "Authorization": f"Bearer {TOKEN}"}
        answer = httpx.get(f"{locked.address}/v1/model", headers=headers)
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert "Origin" in answer.headers["vary"]

    def test_a_friends_page_may_read_a_problem(self, locked: LiveServer) -> None:
        answer = httpx.get(f"{locked.address}/v1/model", headers={"Origin": FRIEND})
        assert problem(answer) == "unauthorized"
        assert answer.headers["access-control-allow-origin"] == FRIEND

    def test_a_friends_browser_may_ask_beforehand_without_token(self, locked: LiveServer) -> None:
        headers = {"Origin": FRIEND, "Access-Control-Request-Method": "POST"}
        answer = httpx.options(f"{locked.address}/v1/predict", headers=headers)
        assert answer.status_code == 204
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert "Authorization" in answer.headers["access-control-allow-headers"]
        assert answer.headers["access-control-allow-origin"] == FRIEND

    def test_others_may_not(self, locked: LiveServer) -> None:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = httpx.options(f"{locked.address}/v1/predict", headers=headers)
        assert problem(answer) == "forbidden-origin"


class TestAddresses:
    """Methods and addresses, known and unknown."""

    @pytest.mark.parametrize("path", ["/x", "/v1", "/v1/model/", "//", "/v1/%2e%2e/model", "/%00"])
    def test_there_is_nothing(self, server: LiveServer, path: str) -> None:
        assert problem(httpx.get(server.address + path)) == "not-found"

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "TRACE", "BREW"])
    def test_predict_takes_post(self, server: LiveServer, method: str) -> None:
        answer = httpx.request(method, f"{server.address}/v1/predict")
        assert problem(answer) == "method-not-allowed"
        assert answer.headers["allow"] == "POST, OPTIONS"

    @pytest.mark.parametrize("path", ["/", "/v1/predict", "/x"])
    def test_there_is_no_other_websocket(self, server: LiveServer, path: str) -> None:
        answer = exchange(server.address, request(*HANDSHAKE, line=f"GET {path} HTTP/1.1"))
        assert answer.problem()["status"] == 404

    @pytest.mark.parametrize("fault", range(4))
    def test_a_websocket_is_asked_for_rightly(self, server: LiveServer, fault: int) -> None:
        headers = [header for place, header in enumerate(HANDSHAKE) if place != fault]
        line = "GET /v1/stream HTTP/1.1"
        answer = exchange(server.address, request(*headers, CLOSE, line=line))
        assert answer.problem()["status"] == 400

    @pytest.mark.parametrize(
        "more",
        [
            "X: " + "y" * 9_000,
            "\r\n".join(["X: y"] * 200),
            "X: \xff\x01",
            f"Connection: a b\r\n{CLOSE}",
        ],
    )
    def test_what_websockets_cannot_read_is_refused(self, server: LiveServer, more: str) -> None:
        asked = request(*HANDSHAKE, more, line="GET /v1/stream HTTP/1.1")
        assert exchange(server.address, asked).problem()

    def test_a_refused_websocket_is_nothing_for_the_log(
        self, server: LiveServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(5):
            exchange(server.address, request(*HANDSHAKE, line="GET /x HTTP/1.1"))
        assert not [one for one in caplog.records if one.levelno >= logging.WARNING]

    def test_options_are_told(self, server: LiveServer) -> None:
        answer = httpx.options(f"{server.address}/v1/model")
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"

    @pytest.mark.parametrize("path", ["/v1/model", "/healthz", "/readyz", "/metrics", "/"])
    def test_head_is_get_without_body(self, server: LiveServer, path: str) -> None:
        answer = httpx.head(server.address + path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) > 0

    def test_every_answer_has_its_headers(self, server: LiveServer) -> None:
        for path in ("/", "/healthz", "/v1/model", "/nothing"):
            headers = httpx.get(server.address + path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "content-security-policy" in headers


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b""},
        {"content": b"x", "headers": {"Content-Type": "text/plain"}},
        {"content": b"x", "headers": {"Content-Type": "image/gif"}},
        {"content": b"x", "headers": {"Content-Encoding": "gzip"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"files": [("picture", b"x")]},
        {"files": [("image", b"")]},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}},
        {"json": []},
        {"json": "image"},
        {"json": {}},
        {"json": {"images": []}},
        {"json": {"images": {}}},
        {"json": {"images": [1]}},
        {"json": {"image": 7}},
        {"json": {"image": "AAAA", "id": []}},
        {"json": {"image": "AAAA", "timestamp": "now"}},
        {"json": {"image": "AAAA", "id": "x" * 300}},
    ],
    ids=str,
)
def test_a_request_that_cannot_be_understood(server: LiveServer, sent: Any) -> None:
    answer = httpx.post(f"{server.address}/v1/predict", **sent)
    assert problem(answer) in ("bad-request", "unsupported-type")


def test_an_unexpected_error_is_told_to_the_log_alone(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(service: Service) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(Service, "describe_model", fail)
    answer = httpx.get(f"{server.address}/v1/model")
    assert problem(answer) == "internal"
    assert "a secret" not in answer.text
    while not (told := [one for one in caplog.records if one.levelno >= logging.WARNING]):
        time.sleep(0.01)  # the answer may come before the line is written
    assert [one.getMessage() for one in told] == ["a request could not be answered"]
