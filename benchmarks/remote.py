"""Clips elsewhere: as a stream with ranges against a whole copy first, and S3 against the disk.

    python benchmarks/remote.py ways     # five links, clips with their index at either end
    python benchmarks/remote.py long     # what ten seconds of a gigabyte fetch
    python benchmarks/remote.py run      # 30 s of 720p: disk, S3 in, S3 in and out, in turn

Links are a server on this machine that waits, is slow, or drops connections; S3 is rclone's. What
is compared is measured in turn, and ratios are taken within a round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from inputs import clip_named, clip_path, make
from measure import timed

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from helpers.s3_server import KEY, SECRET, serving_s3  # noqa: E402
from helpers.web_server import WebServer, serving_web  # noqa: E402

CLIP = clip_named("720p_30s")
MBIT = 1e6 / 8
LINKS: dict[str, dict[str, Any]] = {
    "this machine": {},
    "100 Mbit/s, 20 ms": {"bytes_per_second": 100 * MBIT, "delay_seconds": 0.02},
    "20 Mbit/s, 50 ms": {"bytes_per_second": 20 * MBIT, "delay_seconds": 0.05},
    "20 Mbit/s, 50 ms, dropped each MB": {
        "bytes_per_second": 20 * MBIT,
        "delay_seconds": 0.05,
        "drop_after": 10**6,
    },
    "20 Mbit/s, no ranges": {"bytes_per_second": 20 * MBIT, "has_ranges": False},
}
GIGABYTE = 10**9


def main() -> None:
    """Measure what was asked for, and print it."""
    parser = argparse.ArgumentParser(description="Measure clips elsewhere.")
    parser.add_argument("part", choices=["ways", "long", "run"])
    parser.add_argument("--rounds", type=int, metavar="N", default=3)
    default = Path(tempfile.gettempdir()) / "vidclf-remote"
    parser.add_argument("--work", type=Path, default=default, help="scratch folder, kept")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    PARTS[options.part](options.work.absolute(), options.rounds)


def ways(folder: Path, count: int) -> None:
    """A stream with ranges against a copy first: seconds to the first frame, of all, and MB."""
    source = clip_path(CLIP, folder)
    make(CLIP, source)
    clips = {"index first": remuxed(source, folder / "first.mp4", times=1, index_first=True)}
    clips["index last"] = remuxed(source, folder / "last.mp4", times=1, index_first=False)
    print(f"clip of {source.stat().st_size / 1e6:.1f} MB, 30 s; first frame, all frames, fetched")
    with serving_web() as web:
        for link, faults in LINKS.items():
            for name, clip in clips.items():
                for end in (None, 5.0):
                    tell(web, clip, faults, f"{link}; {name}; {part(end)}", end, count)


def long(folder: Path, count: int) -> None:
    """What the first ten seconds of a gigabyte fetch, and what ten seconds in its middle do."""
    source = clip_path(CLIP, folder)
    make(CLIP, source)
    times = -(-GIGABYTE // source.stat().st_size)
    with serving_web() as web:
        for index_first in (True, False):
            clip = remuxed(source, folder / "long.mp4", times=times, index_first=index_first)
            size, name = clip.stat().st_size, f"index {'first' if index_first else 'last'}"
            print(f"{name}: {size / 1e6:.0f} MB, {30 * times / 60:.0f} minutes")
            for link in ("this machine", "20 Mbit/s, 50 ms"):
                url = web.serve(clip, **LINKS[link])
                seconds = streamed(url, 10.0)[1]
                print(f"  {link}: {seconds:.1f} s, {web.sent_bytes(url) / 1e6:.1f} MB fetched")


def run(folder: Path, count: int) -> None:
    """The whole command, in processes of their own."""
    clip = clip_path(CLIP, folder)
    make(CLIP, clip)
    with serving_s3(folder / "s3") as s3:
        shutil.copy(clip, s3.bucket / clip.name)
        os.environ.update(
            AWS_ACCESS_KEY_ID=KEY,
            AWS_SECRET_ACCESS_KEY=SECRET,
            AWS_ENDPOINT_URL=s3.endpoint_url,
            AWS_DEFAULT_REGION="us-east-1",
        )
        address, results = f"s3://lab/{clip.name}", str(folder / "results")
        programs = {
            "disk": [str(clip), "-o", results],
            "S3 in": [address, "-o", results],
            "S3 in and out": [address, "-o", "s3://lab/results/"],
        }
        walls: dict[str, list[float]] = {key: [] for key in programs}
        for number in range(-1, count):
            for key, arguments in programs.items():
                command = [sys.executable, "-m", "vidclf", "annotate", "--overwrite", "-q"]
                log = folder / "run.log"
                wall, cpu, peak_mb = timed([*command, *arguments], log=log, work=folder)
                if number >= 0:  # the first round fills the caches
                    walls[key].append(wall)
                    print(f"{key}: {wall:.2f} s, CPU {cpu:.2f} s, {peak_mb:.0f} MB", flush=True)
    for key, taken in walls.items():
        ratios = [a / b for a, b in zip(taken, walls["disk"], strict=True)]
        print(f"{key}: median {median(taken):.2f} s, {median(ratios):.3f} of disk's in its round")


def part(end: float | None) -> str:
    """How a part of the clip is called."""
    return "all" if end is None else f"first {end:g} s"


def tell(
    web: WebServer, clip: Path, faults: dict[str, Any], what: str, end: float | None, count: int
) -> None:
    """Measure both ways in turn, and print medians."""
    found: dict[str, list[tuple[float, float, float]]] = {"stream": [], "copy": []}
    for _ in range(count):
        for way, read in (("stream", streamed), ("copy", copied)):
            url = web.serve(clip, **faults)
            first, last = read(url, end)
            found[way].append((first, last, web.sent_bytes(url) / 1e6))
    shown = [
        f"{way} {median(f for f, _, _ in runs):.2f} s, {median(s for _, s, _ in runs):.2f} s, "
        f"{median(b for _, _, b in runs):.1f} MB"
        for way, runs in found.items()
    ]
    ratio = median(a[1] / b[1] for a, b in zip(found["stream"], found["copy"], strict=True))
    print(f"{what}: {'; '.join(shown)}; ratio {ratio:.2f}", flush=True)


def streamed(address: str | Path, end: float | None) -> tuple[float, float]:
    """Decode a clip up to a time; seconds to the first frame, and to the last."""
    from vidclf.sources import open_source

    began, first = time.monotonic(), 0.0
    with open_source(address) as source:
        for frame in source.frames():
            first = first or time.monotonic() - began
            if end is not None and frame.pts_seconds >= end:
                break
    return first, time.monotonic() - began


def copied(address: str, end: float | None) -> tuple[float, float]:
    """The same with a whole copy first."""
    from vidclf.remote.path import RemotePath
    from vidclf.remote.reading import local_copy

    began = time.monotonic()
    with local_copy(RemotePath(address)) as copy:
        waited = time.monotonic() - began
        first, last = streamed(copy, end)
    return waited + first, waited + last


def remuxed(source: Path, target: Path, *, times: int, index_first: bool) -> Path:
    """A clip several times one after the other, with its index where it is wanted."""
    import av

    options = {"movflags": "faststart"} if index_first else {}
    with av.open(str(target), "w", options=options) as output:
        with av.open(str(source)) as given:
            streams = [output.add_stream_from_template(stream) for stream in given.streams]
        for number in range(times):
            with av.open(str(source)) as given:
                for packet in given.demux():
                    if packet.dts is None:
                        continue
                    shift = round(number * 31 / packet.time_base)  # its sound lasts a little longer
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = streams[packet.stream.index]
                    output.mux(packet)
    return target


PARTS = {"ways": ways, "long": long, "run": run}


if __name__ == "__main__":
    main()
