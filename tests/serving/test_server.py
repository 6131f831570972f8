"""The server as a whole: it starts, answers and ends."""

from __future__ import annotations

import httpx
from helpers.live_server import LiveServer


def test_it_is_alive(server: LiveServer) -> None:
    assert httpx.get(f"{server.address}/healthz").json() == {"status": "alive"}
