"""Kills uploads to a bucket at many moments: `python -m tests.kill.uploads --count 20`.

A child writes the outputs of a clip to a real S3 server and is killed, ended or interrupted. Then
the bucket may hold whole objects alone, and no record without all that it tells of; and the same
words again give all, with no upload left open and no hidden file.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers.s3_server import S3Server, serving_s3

from vidclf.files.publishing_elsewhere import pending_record
from vidclf.remote.listing import sizes_in
from vidclf.remote.path import RemotePath
from vidclf.remote.s3 import pages
from vidclf.remote.small_files import read_whole

SIZES = {"dog.mp4": 40 * 2**20, "dog.gif": 9 * 2**20, "dog.csv": 10_000, "dog_manifest.json": 500}
RECORD = "dog_manifest.json"
_CHILD = f"""
import sys
from vidclf.files.staging import Staging
from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
folder = RemotePath(sys.argv[1])
filesystem_of(folder)
with Staging(overwrite=True, record=folder / {RECORD!r}) as staging:
    for name, size in {SIZES!r}.items():
        staging.add(folder / name).write_bytes(name[-1].encode() * size)
    print("written", flush=True)
"""


def main() -> int:
    """Run the cases; the exit code is 1 where one broke a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill.uploads", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="how many moments (20)")
    count = parser.parse_args().count
    told: Counter[str] = Counter()
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        (Path(place) / "tmp").mkdir()
        patch.setenv("TMPDIR", str(Path(place) / "tmp"))
        with serving_s3(Path(place) / "s3") as server:
            server.use(patch)
            whole = _whole_run(RemotePath("s3://lab/kill/undisturbed"))
            print(f"an undisturbed upload takes {whole:.2f} s")  # noqa: T201
            for number in range(count):
                told.update(_case(number, count, whole, server))
    print(", ".join(f"{number} × {what}" for what, number in sorted(told.items())))  # noqa: T201
    return 1 if any(what.startswith("BROKEN") for what in told) else 0


def _whole_run(folder: RemotePath) -> float:
    with _child(folder) as process:
        _wait_until_written(process)
        begun = time.monotonic()
        assert process.wait() == 0, "the same words again must give all"
    return time.monotonic() - begun


def _case(number: int, count: int, whole: float, server: S3Server) -> list[str]:
    folder = RemotePath(f"s3://lab/kill/{number}")
    kind = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[number % 3]
    with _child(folder) as process:
        _wait_until_written(process)
        time.sleep(whole * (number + 0.5) / count)
        process.send_signal(kind)
        process.wait()
    found, left = _state(folder), len(list(_open_uploads(folder)))
    told = [f"{kind.name}: {_stage(found)}, {left} open", *_faults(found, before=True)]
    _whole_run(folder)
    told += _faults(_state(folder), before=False)
    if list(_open_uploads(folder)):
        told.append("BROKEN: an upload is open after the second run")
    if left_here := list(Path(os.environ["TMPDIR"]).iterdir()):
        told.append(f"BROKEN: {left_here[0].name} is left in the temporary folder")
    return told


def _stage(found: dict[str, bytes]) -> str:
    there = sum(name in found for name in SIZES)
    return f"{there} of {len(SIZES)} there"


def _faults(found: dict[str, bytes], *, before: bool) -> list[str]:
    faults = [
        f"BROKEN: half of {name}"
        for name, size in SIZES.items()
        if name in found and found[name] != name[-1].encode() * size
    ]
    if RECORD in found and not SIZES.keys() <= found.keys():
        faults.append("BROKEN: the record tells of what is not there")
    pending = pending_record(RemotePath("s3://lab") / RECORD).name
    if before and 0 < len(SIZES.keys() & found.keys()) < len(SIZES) and pending not in found:
        faults.append("BROKEN: outputs of which nothing tells")
    if not before and found.keys() != SIZES.keys():
        faults.append(f"BROKEN: after the second run there is {sorted(found)}")
    return faults


def _state(folder: RemotePath) -> dict[str, bytes]:
    return {name: read_whole(folder / name) for name in sizes_in(folder)}


def _open_uploads(folder: RemotePath) -> list[str]:
    prefix = folder.folder.address.removeprefix("s3://lab/")
    answers = pages(folder, "list_multipart_uploads", Prefix=prefix)
    return [upload["Key"] for page in answers for upload in page.get("Uploads") or ()]


def _child(folder: RemotePath) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, folder.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _wait_until_written(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"


if __name__ == "__main__":
    sys.exit(main())
