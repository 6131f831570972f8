"""A client of Socket.IO of another make: npm's `socket.io-client`, under node."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.live_server import LiveServer, live_server
from helpers.node import run_node
from helpers.sent_pictures import picture

pytestmark = pytest.mark.usefixtures("quiet_log")

CLIENT = "socket_io_client.mjs"


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling,websocket"])
def test_it_is_answered(server: LiveServer, tmp_path: Path, transports: str) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(picture())
    said = run_node(CLIENT, server.address, str(path), transports)
    assert said["transport"] == transports.rpartition(",")[2]
    assert [event for event, _ in said["events"][:3]] == ["model", "configured", "prediction"]
    assert said["events"][2][1] == said["asBytes"]
    assert said["asText"]["confidence"] == said["asBytes"]["confidence"]
    assert len(said["asBytes"]["top"]) == 2
    assert said["configured"]["top_k"] == 1
    assert said["refused"]["error"]["status"] == 422
    assert [answer["id"] for answer in said["many"]] == [*range(100, 120)]
    told = [message for event, message in said["events"] if event in ("prediction", "dropped")]
    assert told[2:] == said["many"]


def test_it_is_told_why_it_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(picture())
    with live_server(model=tiny_model, token="a-secret-of-a-test") as guarded:
        said = run_node(CLIENT, guarded.address, str(path), "polling", "another-token")
    assert said["refused"]["data"]["type"] == "urn:vidclf:problem:unauthorized"
