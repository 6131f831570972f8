"""Damaged requests: each has an answer, no exception is in the log, and no other client notices."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
from helpers.live_server import LiveServer
from helpers.raw_http import RawAnswer, request, taken_apart
from helpers.sent_pictures import encoded, made_up, picture

from vidclf.serving import limits

REQUESTS = 1_000
AT_ONCE = 100
ATTEMPTS = 3
CLOSE = "Connection: close"
TOKENS = (
    b"\r\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"--", b"0\r\n\r\n", b"../../etc/passwd",
    b"%s%n", b"{{7*7}}", b"${x}", b"\xed\xa0\x80", b"[" * 3_000, b"1e999", b'"\\ud800"',
    b"Content-Length: 99999999999\r\n", b"Content-Length: -1\r\n", b"HTTP/1.0",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n",
    b"Expect: 100-continue\r\n", b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
    b"Upgrade: h2c\r\nConnection: upgrade\r\n", b"Host: evil\r\n", b"Origin: http://[\r\n",
)  # fmt: skip


def seeds() -> list[bytes]:
    """Whole requests of every kind."""
    photograph = encoded(made_up(3, width=160, height=120), "JPEG")
    text = base64.b64encode(picture()).decode()
    form = httpx.Request(
        "POST", "http://localhost", files=[("image", ("a.png", picture(s))) for s in range(2)]
    )
    bodies = [
        ("image/png", picture()),
        ("image/jpeg", photograph),
        ("image/webp", picture(1, "WEBP")),
        (form.headers["content-type"], form.read()),
        ("application/json", json.dumps({"image": text, "id": 7, "timestamp": 1.5}).encode()),
        ("application/json", json.dumps({"images": [text, {"image": text}]}).encode()),
    ]
    posts = [
        request(f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more, CLOSE, body=body)
        for kind, body in bodies
        for more in ([], ["Accept: image/png"])
    ]
    chunks = b"5\r\n" + photograph[:5] + b"\r\n0\r\n\r\n"
    chunked = request("Transfer-Encoding: chunked", CLOSE, body=chunks)
    gets = [
        request(CLOSE, line=f"{method} {path} HTTP/1.1")
        for method, path in (
            ("GET", "/v1/model"),
            ("GET", "/metrics"),
            ("HEAD", "/"),
            ("OPTIONS", "/v1/predict"),
        )
    ]
    socket = request(
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", line="GET /v1/stream HTTP/1.1",
    )  # fmt: skip
    return [*posts, chunked, *gets, socket]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same with one to four faults, half of them in the headers."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        end = len(changed) if chance.random() < 0.5 else max(1, changed.find(b"\r\n\r\n"))
        start = chance.randrange(max(1, end))
        stop = min(len(changed), start + chance.choice((1, 1, 4, 40)))
        match chance.randrange(6):
            case 0:
                changed[start:stop] = chance.randbytes(stop - start)
            case 1:
                del changed[start:stop]
            case 2:
                changed[start:start] = changed[start:stop]
            case 3:
                line = changed.rfind(b"\r\n", 0, start) + 2 if start > 2 else start
                changed[line:line] = chance.choice(TOKENS)
            case 4:
                changed[start:start] = chance.choice(TOKENS)
            case _:
                del changed[start + 1 :]
    return bytes(changed)


async def answer(address: str, data: bytes) -> RawAnswer:
    """Send bytes, and read one answer; once more where a busy machine was too slow to send them."""
    for _ in range(ATTEMPTS):
        received = await exchanged(address, data)
        if received or not data:
            break
    return taken_apart(received)


async def exchanged(address: str, data: bytes) -> bytes:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    received = b""
    with suppress(ConnectionError):
        writer.write(data)
        if not data:
            writer.write_eof()
        while not is_whole(received, head=is_head(data)) and (chunk := await reader.read(65536)):
            received += chunk
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return received


def is_head(data: bytes) -> bool:
    """Whether a request has an answer without a body."""
    return b"HEAD " in data[:20]


def is_whole(received: bytes, *, head: bool) -> bool:
    """Whether they are an answer to its end."""
    if b"\r\n\r\n" not in received:
        return False
    answer = taken_apart(received)
    size = int(answer.headers.get("content-length", "0"))
    return answer.status != 100 and (head or len(answer.body) >= size)


async def neighbour(address: str, ended: asyncio.Event) -> set[str]:
    """What a client is told meanwhile that sends the same picture again and again."""
    told: set[str] = set()
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        while not ended.is_set():
            response = await client.post("/v1/predict", content=picture(9))
            told.add(str(response.status_code) + response.json()["predictions"][0]["label"])
            await asyncio.sleep(0.02)
    return told


async def all_answers(address: str, requests: list[bytes]) -> tuple[list[RawAnswer], set[str]]:
    turns, ended = asyncio.Semaphore(AT_ONCE), asyncio.Event()

    async def one(data: bytes) -> RawAnswer:
        async with turns:
            return await answer(address, data)

    other = asyncio.create_task(neighbour(address, ended))
    answers = await asyncio.gather(*(one(data) for data in requests))
    ended.set()
    return answers, await other


@pytest.mark.usefixtures("quiet_log")
def test_damaged_requests(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 1.0)
    monkeypatch.setattr(limits, "BODY_SECONDS", 1.0)
    chance = random.Random(15)
    whole = seeds()
    requests = [damaged(chance.choice(whole), chance) for _ in range(REQUESTS)]
    answers, told = asyncio.run(all_answers(server.address, requests))
    for data, one in zip(requests, answers, strict=True):
        assert one.status or not data, data
        if one.status >= 300 and not is_head(data):
            one.problem()
    assert len({one.status for one in answers}) > 8
    assert len(told) == 1
    assert httpx.get(f"{server.address}/readyz").status_code == 200
