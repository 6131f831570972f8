"""A live run over minutes: its memory each ten seconds, frames and drops, what a recovery finds.

    python benchmarks/live_inputs.py --minutes 30 --split-every 5m

A sender (the ffmpeg of imageio-ffmpeg) makes 25 small pictures a second and sends them as MPEG-TS
over UDP on this machine. `vidclf annotate` takes them with the built-in model.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import imageio_ffmpeg

ADDRESS = "udp://127.0.0.1:{port}"
SAMPLE_SECONDS = 10
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def sender(port: int) -> Iterator[None]:
    """Send numbered test pictures until the block is left."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    source = ["-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25"]
    encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-threads", "1"]
    target = ["-f", "mpegts", ADDRESS.format(port=port) + "?pkt_size=1316"]
    command = [ffmpeg, "-loglevel", "error", *source, *encoder, *target]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def rss_mb(pid: int) -> float:
    """The memory that a process holds, in MB of 10^6 bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_BYTES / 1e6


def run(folder: Path, *, minutes: float, port: int, extra: list[str]) -> None:
    """Run, sample, and print what came out."""
    command = [
        *(sys.executable, "-m", "vidclf", "annotate", ADDRESS.format(port=port), "-o", str(folder)),
        *("--duration", f"{minutes:g}m", *extra),
    ]
    with sender(port):
        process = subprocess.Popen(command)
        began, samples = time.monotonic(), []
        while process.poll() is None:
            time.sleep(SAMPLE_SECONDS)
            if process.poll() is None:
                samples.append(rss_mb(process.pid))
                load = os.getloadavg()[0]
                seconds = time.monotonic() - began
                print(f"{seconds:7.0f} s {samples[-1]:8.1f} MB  load {load:.1f}", flush=True)
    steady = samples[6:] or samples
    print(f"exit code {process.returncode}")
    print(
        f"memory in MB: first {samples[0]:.0f}, after a minute {steady[0]:.0f}, "
        f"median {median(steady):.0f}, last {steady[-1]:.0f}, most {max(steady):.0f}"
    )
    parts = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*_manifest.json"))]
    frames = sum(part["frames_read"] for part in parts)
    dropped = sum(part["live"]["frames_dropped"] for part in parts)
    print(f"{len(parts)} parts, {frames} frames, {dropped:g} dropped")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--port", type=int, default=18_700)
    parser.add_argument("--split-every", default="5m")
    parser.add_argument("--output", type=Path, default=None)
    asked = parser.parse_args()
    where = asked.output or Path(tempfile.mkdtemp(prefix="vidclf-live-"))
    run(where, minutes=asked.minutes, port=asked.port, extra=["--split-every", asked.split_every])
