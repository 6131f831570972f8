"""The server as a whole: it starts, answers and ends."""

from __future__ import annotations

import asyncio
import errno
import io
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.clips import numbered_picture
from helpers.live_frames import numbered_png
from helpers.live_server import LiveServer
from helpers.tiny_model import build_tiny_model
from PIL import Image

import vidclf
from vidclf.errors import UsageError
from vidclf.serving.service import Service


def test_it_is_alive(server: LiveServer) -> None:
    assert httpx.get(f"{server.address}/healthz").json() == {"status": "alive"}


def test_an_address_that_is_taken_is_told(server: LiveServer, tiny_model: Path) -> None:
    port = int(server.address.rpartition(":")[2])
    with pytest.raises(UsageError, match=f"cannot listen at 127.0.0.1, port {port} .*--port 0"):
        vidclf.serve(model=tiny_model, port=port)


def test_an_address_of_nobody_is_told(tiny_model: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot listen at nowhere\.invalid, port 0 "):
        vidclf.serve(model=tiny_model, host="nowhere.invalid", token="a-long-secret", port=0)


def test_no_connection_is_taken_before_the_model_is_open(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    opened = Service.__init__

    def look(self: Service, *arguments: Any) -> None:
        opened(self, *arguments)
        with socket.socket() as client:
            seen.append(client.connect_ex(("127.0.0.1", port)))

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setattr(Service, "__init__", look)
    vidclf.serve(model=tiny_model, port=port, on_start=lambda running: running.stop())
    assert seen == [errno.ECONNREFUSED]


def test_what_is_unknown_of_a_model_is_asked_for_before_it_starts(tmp_path: Path) -> None:
    build_tiny_model(scaling=False).save(tmp_path / "m.keras")
    with pytest.raises(UsageError, match="nothing tells for certain how its input was scaled"):
        vidclf.serve(model=tmp_path / "m.keras")


def test_it_serves_in_a_notebook(tiny_model: Path) -> None:
    main = threading.main_thread()
    assert main.ident is not None
    codes: list[int] = []

    async def cell() -> None:

        def ask(running: vidclf.api.RunningServer) -> None:
            def get() -> None:
                codes.append(httpx.get(f"{running.address}/healthz").status_code)
                signal.pthread_kill(main.ident, signal.SIGINT)  # the cell is interrupted

            threading.Thread(target=get).start()

        vidclf.serve(model=tiny_model, port=0, on_start=ask)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(cell())
    loop.close()
    assert codes == [200]


def test_a_notebook_may_be_interrupted_before_it_serves(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, opened = threading.main_thread(), Service.__init__

    def interrupted(self: Service, *arguments: Any) -> None:
        assert main.ident is not None
        time.sleep(0.3)  # until the other thread waits
        signal.pthread_kill(main.ident, signal.SIGINT)
        opened(self, *arguments)

    async def cell() -> None:
        assert vidclf.serve(model=tiny_model, port=0).frames_received == 0

    monkeypatch.setattr(Service, "__init__", interrupted)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(cell())
    loop.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_by_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "vidclf", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = process.stdout.readline().decode()
        address = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert address is not None, told
        for picture in (numbered_png(5), damaged_jpeg()):
            answer = httpx.post(f"{address[0]}/v1/predict", content=picture, timeout=30)
            assert answer.status_code == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out.decode() == "2 frames answered, 0 dropped for newer ones, 0 refused\n"
    assert err == b""  # nothing of libjpeg's, either


def damaged_jpeg() -> bytes:
    """A JPEG of which libjpeg prints what it thinks, and which it decodes all the same."""
    buffer = io.BytesIO()
    Image.fromarray(numbered_picture(5)).save(buffer, "JPEG")
    return buffer.getvalue()[:-2] + bytes(30) + b"\xff\xd9"


@pytest.mark.parametrize("missing", ["socketio", "starlette", "uvicorn", "prometheus_client"])
def test_what_is_not_installed_is_told(missing: str) -> None:
    code = (
        "import sys\n"
        f"sys.modules[{missing!r}] = None\n"
        "from vidclf.cli.app import main\n"
        "sys.exit(main(['serve']))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr == (
        f"vidclf: error: the server needs {missing}, which is not installed: "
        "pip install 'vidclf[serve]'\n"
    )
