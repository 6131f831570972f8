"""How fast does `vidclf serve` answer, beside what cannot be left out and what tutorials write?

    python benchmarks/live.py [--rounds N] [--frames N]    # needs flask-socketio, too
    python benchmarks/live.py --soak MINUTES [--clients N] [--rate F]

A 640x480 JPEG, the built-in model, whole processes on this machine, in turn; clients by
python-socketio, all of them in one process. The bare program decodes, resizes and infers one frame
after another. The soak has 50 clients send 5 frames a second each, and watches memory, delay and
how the answers are shared.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
MODEL = HERE.parent / "vidclf" / "assets" / "efficientnet-lite0"
SECONDS_BETWEEN_LOOKS = 5
Figures = dict[str, Any]


def main() -> None:
    """Measure, print Markdown tables."""
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="vidclf-live-") as folder:
        picture = _picture(Path(folder) / "frame.jpg")
        if options.soak:
            _soak(picture, options)
        else:
            _compare(picture, options)


def _compare(picture: Path, options: argparse.Namespace) -> None:
    figures: dict[str, list[Figures]] = {}
    for _ in range(options.rounds):
        bare = _run("bare_answers.py", MODEL / "model.xml", picture, options.frames)
        figures.setdefault("decode, resize, infer in one process", []).append(bare)
        with _vidclf() as (address, _):
            for clients in (1, 8):
                name = f"`vidclf serve`, {_counted(clients)}"
                frames = options.frames // clients
                given = (address, picture, "--clients", clients, "--frames", frames)
                figures.setdefault(name, []).append(_run("live_clients.py", *given))
        with _tutorial() as address:
            for clients in (1, 8):
                name = f"Flask-SocketIO, base64, `model.predict`, {_counted(clients)}"
                frames = max(20, options.frames // clients // 8)
                given = (address, picture, "--clients", clients, "--frames", frames, "--base64")
                figures.setdefault(name, []).append(_run("live_clients.py", *given))
    bare_runs = next(iter(figures.values()))
    print("| | median ms | ÷ bare | 99 % ms | ÷ bare | frames/s | ÷ bare |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, runs in figures.items():
        cells = []
        for key in ("median_ms", "p99_ms", "fps"):
            pairs = zip(runs, bare_runs, strict=True)
            cells.append(f"{median(run[key] for run in runs):.1f}")
            cells.append(f"{median(a[key] / b[key] for a, b in pairs):.2f}")
        print(f"| {name} | {' | '.join(cells)} |")


def _soak(picture: Path, options: argparse.Namespace) -> None:
    looks: list[float] = []
    with _vidclf() as (address, process):
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(SECONDS_BETWEEN_LOOKS):
                looks.append(_resident_mb(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        seen = _run(
            "live_clients.py", address, picture, "--clients", options.clients,
            "--seconds", 60 * options.soak, "--rate", options.rate,
        )  # fmt: skip
        ended.set()
        watcher.join()
    shares = seen["answered"]
    tenth = max(1, len(looks) // 10)
    print(
        f"{options.clients} clients, {options.rate:g} frames a second each, {options.soak:g} min: "
        f"{seen['fps']:.0f} answered a second, {seen['dropped']:,} dropped; "
        f"median {seen['median_ms']:.0f} ms, 99 % {seen['p99_ms']:.0f} ms, "
        f"most {seen['most_ms']:.0f} ms; "
        f"slowest client {min(shares) / median(shares):.2f} of the median client; resident "
        f"{median(looks[:tenth]):.0f} MB in the first tenth, {median(looks[-tenth:]):.0f} MB in "
        f"the last, {max(looks):.0f} MB at most"
    )


@contextmanager
def _vidclf() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "vidclf", "serve", "--port", str(port), "-q"]
    with _process(command) as process:
        while True:
            try:
                urlopen(f"{address}/healthz")
                break
            except OSError:
                time.sleep(0.05)
        yield address, process


@contextmanager
def _tutorial() -> Iterator[str]:
    port = _free_port()
    command = [
        sys.executable, str(PROGRAMS / "tutorial_server.py"), str(MODEL / "model.keras"), str(port),
    ]  # fmt: skip
    with _process(command) as process:
        assert process.stdout is not None
        while b"ready" not in process.stdout.readline():
            if process.poll() is not None:
                sys.exit("the tutorial's server did not start: pip install flask-socketio")
        time.sleep(1)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _run(program: str, *arguments: object) -> Figures:
    command = [sys.executable, str(PROGRAMS / program), *map(str, arguments)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: Figures = json.loads(printed.splitlines()[-1])
    return figures


def _picture(path: Path) -> Path:
    import cv2
    from skimage import data

    pixels = cv2.resize(data.chelsea()[:, :, ::-1], (640, 480), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return path


def _counted(clients: int) -> str:
    return "1 client" if clients == 1 else f"{clients} clients"


def _resident_mb(pid: int) -> float:
    """Resident memory in 10^6 bytes (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speed of the live server.")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--frames", type=int, default=400, metavar="N")
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    parser.add_argument("--clients", type=int, default=50, metavar="N", help="of the soak")
    parser.add_argument("--rate", type=float, default=5, metavar="F", help="of the soak")
    return parser.parse_args()


if __name__ == "__main__":
    main()
