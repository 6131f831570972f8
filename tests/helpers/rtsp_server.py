"""A real RTSP server on loopback: GStreamer's, which sends a clip in real time.

It runs in Debian's own Python, which has GStreamer (`gir1.2-gst-rtsp-server-1.0`, `python3-gi`).
Without it the tests are skipped, unless `VIDCLF_NEED_RTSP` is set, as `.ci/run` does.

    /usr/bin/python3 rtsp_server.py CLIP.mp4 PORT     serves rtsp://127.0.0.1:PORT/door until its
                                                      standard input ends
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

PYTHON = "/usr/bin/python3"
_MISSING = (
    "no GStreamer RTSP server on this machine: apt-get install gir1.2-gst-rtsp-server-1.0 "
    "gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad python3-gi"
)
_VERSIONS = (("Gst", "1.0"), ("GstRtspServer", "1.0"), ("GLib", "2.0"))


@contextmanager
def serving_rtsp(clip: Path, port: int | None = None) -> Iterator[str]:
    """Serve a clip until the block is left; the test that asks is skipped where that cannot be.

    Args:
        clip: an MP4 with H.264.
        port: where; None for a free one.

    Yields:
        The address.
    """
    if not _is_there():
        _leave_out()
    port = port or free_port()
    command = [PYTHON, __file__, str(clip), str(port)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_plain_environment()
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"ready\n"
            yield f"rtsp://127.0.0.1:{port}/door"
        finally:
            process.kill()
            process.stdin.close()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port on loopback that nobody uses."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _plain_environment() -> dict[str, str]:
    """Without what leads Debian's Python to the packages of this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@cache
def _is_there() -> bool:
    wanted = "; ".join(f"gi.require_version({name!r}, {version!r})" for name, version in _VERSIONS)
    try:
        tried = subprocess.run(
            [PYTHON, "-c", f"import gi; {wanted}"],
            check=False,
            capture_output=True,
            env=_plain_environment(),
        )
    except OSError:
        return False
    return tried.returncode == 0


def _leave_out() -> None:
    import pytest

    if os.environ.get("VIDCLF_NEED_RTSP"):
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


def _serve(clip: str, port: str) -> None:
    import gi  # type: ignore[import-not-found]

    for name, version in _VERSIONS:
        gi.require_version(name, version)
    from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( filesrc location={clip} ! qtdemux ! h264parse ! "
        "rtph264pay name=pay0 pt=96 config-interval=-1 )"
    )
    server.get_mount_points().add_factory("/door", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(0, GLib.IO_HUP | GLib.IO_ERR | GLib.IO_IN, lambda *_: loop.quit())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    arguments: Any = sys.argv
    _serve(*arguments[1:])
