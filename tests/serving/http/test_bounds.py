"""What is too slow, too large or too much over HTTP is refused, each with its own problem."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from helpers.live_server import LiveServer, live_server
from helpers.raw_http import connected, exchange, read_answer, request
from helpers.sent_pictures import encoded, made_up, picture
from websockets.sync.client import connect

from vidclf.serving import limits
from vidclf.serving.outcomes import Json
from vidclf.serving.sent_frame import SentFrame
from vidclf.serving.service import Service

CLOSE = "Connection: close"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines of tenths of seconds."""
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.3)
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.3)


@pytest.mark.usefixtures("hurried")
class TestDeadlines:
    """A client that is too slow."""

    def test_half_a_request_line(self, server: LiveServer) -> None:
        answer = exchange(server.address, b"POST /v1/pre")
        assert answer.problem()["type"] == "urn:vidclf:problem:timeout"

    def test_headers_that_trickle(self, server: LiveServer) -> None:
        with connected(server.address) as connection:
            connection.sendall(request()[:-2])
            for place in range(12):
                connection.sendall(f"X-{place}: y\r\n".encode())
                time.sleep(0.05)
            assert read_answer(connection).status == 408

    def test_a_body_that_stalls(self, server: LiveServer) -> None:
        head = request("Content-Type: image/png", "Content-Length: 5000")
        assert exchange(server.address, head, picture()[:100]).status == 408

    def test_a_chunked_body_that_stalls(self, server: LiveServer) -> None:
        head = request("Content-Type: image/png", "Transfer-Encoding: chunked")
        assert exchange(server.address, head, b"5\r\n").problem()["status"] == 408

    def test_the_headers_of_a_second_request(self, server: LiveServer) -> None:
        with connected(server.address) as connection:
            connection.sendall(request(line="GET /healthz HTTP/1.1"))
            received = b""
            while b"alive" not in received:
                received += connection.recv(65536)
            connection.sendall(b"GET /hea")
            assert read_answer(connection).status == 408

    def test_a_body_after_its_refusal(self, server: LiveServer) -> None:
        head = request("Content-Type: text/csv", "Content-Length: 5000")
        answer = exchange(server.address, head, b"1,2,3")
        assert answer.status == 415  # and the connection ends, though the body never came

    def test_a_connection_that_sends_nothing_is_closed(self, server: LiveServer) -> None:
        assert exchange(server.address).status == 0

    def test_a_request_that_is_quick_enough(self, server: LiveServer) -> None:
        with httpx.Client(base_url=server.address) as client:
            for _ in range(3):
                assert client.post("/v1/predict", content=picture()).status_code == 200
                time.sleep(0.4)


@pytest.mark.parametrize("header", ["X-Long: " + "y" * 20_000, "\r\n".join(["X-Many: y"] * 2_000)])
def test_headers_that_are_too_large(server: LiveServer, header: str) -> None:
    answer = exchange(server.address, request(header, CLOSE))
    assert answer.problem()["type"] == "urn:vidclf:problem:headers-too-large"


def test_headers_that_never_end(server: LiveServer) -> None:
    answer = exchange(server.address, request()[:-2], *[b"X-Never: ending\r\n"] * 3_000)
    assert answer.problem()["status"] == 431


def test_an_address_that_is_too_long(server: LiveServer) -> None:
    answer = exchange(server.address, request(CLOSE, line=f"GET /{'x' * 20_000} HTTP/1.1"))
    assert answer.problem()["status"] == 431


@pytest.mark.parametrize("line", ["\x16\x03\x01", "GET", "GET  /  HTTP/1.1", "G\xe9T / HTTP/1.1"])
def test_what_is_no_http(server: LiveServer, line: str) -> None:
    assert exchange(server.address, request(line=line)).problem()["status"] == 400


def test_a_chunk_without_a_size(server: LiveServer) -> None:
    head = request("Content-Type: image/png", "Transfer-Encoding: chunked")
    assert exchange(server.address, head, b"many\r\n").problem()["status"] == 400


class TestSizes:
    """A request that is too large."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MOST_FRAME_BYTES", 20_000)
        monkeypatch.setattr(limits, "MOST_REQUEST_BYTES", 50_000)
        monkeypatch.setattr(limits, "MOST_PICTURES", 3)

    def test_a_body_that_says_so(self, server: LiveServer) -> None:
        head = request("Content-Type: image/png", "Content-Length: 20001", CLOSE)
        answer = exchange(server.address, head, bytes(20_001))
        assert answer.problem()["type"] == "urn:vidclf:problem:too-large"

    def test_a_body_in_chunks(self, server: LiveServer) -> None:
        head = request("Content-Type: image/png", "Transfer-Encoding: chunked", CLOSE)
        chunk = b"1000\r\n" + bytes(0x1000) + b"\r\n"
        assert exchange(server.address, head, *[chunk] * 6, b"0\r\n\r\n").status == 413

    def test_a_body_longer_than_it_says(self, server: LiveServer) -> None:
        data = picture()
        head = request("Content-Type: image/png", f"Content-Length: {len(data)}")
        answer = exchange(server.address, head, data + b"and more\r\n\r\n")
        assert answer.status == 200
        assert b"HTTP/1.1 400" in answer.body  # what comes after it is no second request

    def test_a_form(self, server: LiveServer) -> None:
        form = [("image", bytes(15_000))] * 4
        assert httpx.post(f"{server.address}/v1/predict", files=form).status_code == 413

    def test_a_picture_of_a_form(self, server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("vidclf.serving.sent_frame.MOST_FRAME_BYTES", 20_000)
        form = [("image", picture()), ("image", bytes(21_000))]
        answer = httpx.post(f"{server.address}/v1/predict", files=form)
        assert (answer.status_code, answer.json()["detail"][:19]) == (413, "a picture of 0.0 MB")

    @pytest.mark.parametrize("field", ["image", "other"])
    def test_a_form_of_many_parts(self, server: LiveServer, field: str) -> None:
        form = [(field, b"x")] * 70
        assert httpx.post(f"{server.address}/v1/predict", files=form).status_code == 413

    def test_json_of_many_pictures(self, server: LiveServer) -> None:
        images = [base64.b64encode(picture()).decode()] * 4
        answer = httpx.post(f"{server.address}/v1/predict", json={"images": images})
        assert answer.json()["detail"].startswith("the request has more than 3 pictures")

    def test_all_bodies_together(self, server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MOST_HELD_BYTES", 10_000)
        answer = httpx.post(f"{server.address}/v1/predict", content=bytes(10_001))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert httpx.post(f"{server.address}/v1/predict", content=picture()).status_code == 200


def test_more_connections_than_are_taken(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        stack.enter_context(connected(server.address)).sendall(b"GET")
        monkeypatch.setattr(limits, "MOST_CONNECTIONS", 1)
        answer = exchange(server.address, request(line="GET /healthz HTTP/1.1"))
        assert answer.problem()["type"] == "urn:vidclf:problem:too-many-clients"
    monkeypatch.undo()
    assert httpx.get(f"{server.address}/healthz").status_code == 200


def test_more_pictures_than_may_wait(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidclf.serving.service.MOST_WAITING_PICTURES", 2)
    form = [("image", picture(seed)) for seed in range(3)]
    answer = httpx.post(f"{server.address}/v1/predict", files=form)
    assert answer.json()["type"] == "urn:vidclf:problem:overloaded"


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that claims a size."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100_000), 9)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 1), (1, 2**31 - 1), (6_000, 6_000)])
def test_a_picture_that_claims_too_many_pixels(server: LiveServer, size: tuple[int, int]) -> None:
    answer = httpx.post(f"{server.address}/v1/predict", content=bomb(*size))
    assert answer.status_code == 422


def test_a_large_picture_within_the_bounds(server: LiveServer) -> None:
    data = encoded(made_up(3, width=16, height=16).repeat(250, axis=0).repeat(250, axis=1))
    answer = httpx.post(f"{server.address}/v1/predict", content=data, timeout=60)
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_picture_that_is_cut_off(server: LiveServer, kind: str, share: float) -> None:
    data = picture(2, kind)
    answer = httpx.post(f"{server.address}/v1/predict", content=data[: int(share * len(data))])
    assert answer.status_code == 422


@pytest.mark.usefixtures("hurried")
def test_a_client_that_reads_no_answer_is_let_go(server: LiveServer) -> None:
    with connected(server.address) as connection, pytest.raises(ConnectionError):
        ask_without_end(connection)


def ask_without_end(connection: socket.socket) -> None:
    asked = request(line="GET /openapi.json HTTP/1.1") * 100
    while True:
        connection.sendall(asked)


@pytest.mark.usefixtures("hurried")
def test_deadlines_of_requests_end_no_stream(server: LiveServer) -> None:
    with connect(server.stream) as stream:
        stream.send(json.dumps({"type": "hello"}))
        time.sleep(0.8)
        stream.send(picture())
        while json.loads(stream.recv(timeout=20))["type"] != "prediction":
            pass


@pytest.mark.usefixtures("quiet_log")
def test_what_has_not_come_when_the_server_stops_is_refused(tiny_model: Path) -> None:
    with ExitStack() as stack:
        with live_server(model=tiny_model) as server:
            uploading = stack.enter_context(connected(server.address))
            uploading.sendall(request("Content-Type: image/png", "Content-Length: 5000") + b"x")
            asking = stack.enter_context(connected(server.address))
            asking.sendall(b"GET /hea")
            assert httpx.get(f"{server.address}/healthz").status_code == 200
        assert read_answer(uploading).problem()["type"] == "urn:vidclf:problem:stopping"
        assert read_answer(asking).status == 0


@pytest.mark.usefixtures("quiet_log")
def test_an_answer_that_takes_too_long_when_the_server_stops(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(service: Service, pictures: Sequence[SentFrame]) -> list[Json]:
        began.set()
        await asyncio.sleep(600)
        return []

    monkeypatch.setattr(Service, "answer_each", never)
    began = threading.Event()
    with ExitStack() as stack:
        with live_server(model=tiny_model) as server:
            client = stack.enter_context(connected(server.address))
            data = picture()
            client.sendall(request(f"Content-Length: {len(data)}", body=data))
            began.wait(20)
        assert read_answer(client).problem()["status"] == 503
