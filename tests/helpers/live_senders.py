"""Senders of live inputs: clips whose frames carry their number, over UDP, HLS and pipes."""

from __future__ import annotations

import functools
import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

from helpers.clips import ClipSpec, make_clip

RATE = 25


def live_clip(path: Path, *, frames: int = 50, key_every: int = 10) -> Path:
    """A clip of numbered frames at 25 a second, one slice each, with key frames as cameras send."""
    options = {"crf": "16", "g": str(key_every), "bf": "0", "preset": "ultrafast", "threads": "1"}
    return make_clip(path, ClipSpec(frames=frames, rate=Fraction(RATE), options=options))


@contextmanager
def piped_in(path: Path) -> Iterator[None]:
    """Have a file be standard input, through a pipe that cannot be sought in."""
    with subprocess.Popen(["cat", str(path)], stdout=subprocess.PIPE, text=True) as process:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", process.stdout)
            yield
        process.kill()


@contextmanager
def sending_udp(clip: Path, port: int) -> Iterator[str]:
    """Send a clip in real time as MPEG-TS until it ends or the block is left."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    address = f"udp://127.0.0.1:{port}"
    source = ["-loglevel", "quiet", "-re", "-i", str(clip), "-c", "copy"]
    target = ["-f", "mpegts", f"{address}?pkt_size=1316"]
    with subprocess.Popen([ffmpeg, *source, *target], stdin=subprocess.DEVNULL) as process:
        try:
            yield address
        finally:
            process.kill()


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """Serve a folder by HTTP on loopback until the block is left."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
