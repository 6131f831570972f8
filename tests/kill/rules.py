"""What must hold after the same words: the whole oracle, in sentences."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageSequence

from kill.footage import NAMES
from vidclf.core.file_digest import file_digest

_RECORD = "run.csv"
_EQUAL_ENDINGS = ("_predictions.csv", "_segments.csv")
Wrong = Iterator[str]

_counts: dict[bytes, int | str] = {}
"""Digest of a file → its pictures: most cases write the same files again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undisturbed:
    """What a run makes that nobody disturbs."""

    files: dict[str, bytes]
    """Name → content, of all in its output folder."""
    seconds: float
    """What it took, on the clock."""

    @classmethod
    def of(cls, out: Path, *, seconds: float) -> Undisturbed:
        """Keep what lies in an output folder."""
        return cls(files={path.name: path.read_bytes() for path in out.iterdir()}, seconds=seconds)


NOTHING = Undisturbed(files={}, seconds=0.0)
"""Before the first run."""


def what_is_wrong(out: Path, undisturbed: Undisturbed) -> Wrong:
    """Say in what an output folder differs from the one of an undisturbed run."""
    if not out.is_dir():
        yield "there is no output folder"
        return
    names = {path.name for path in out.iterdir()}
    yield from (f"{name} is missing" for name in sorted(undisturbed.files.keys() - names))
    yield from (f"left {name}" for name in sorted(names - undisturbed.files.keys()))
    for name in sorted(names & undisturbed.files.keys()):
        content, right = (out / name).read_bytes(), undisturbed.files[name]
        if name.endswith(_EQUAL_ENDINGS):
            if content != right:
                yield f"{name} differs from the undisturbed run's"
        elif name.endswith("_manifest.json"):
            yield from _wrong_in_manifest(name, content, right, out)
        elif name != _RECORD and _pictures(content) != _pictures(right):
            yield f"{name} has {_pictures(content)} pictures for {_pictures(right)}"
    yield from wrong_in_record(out)


def wrong_in_record(out: Path) -> Wrong:
    """Say what is wrong with a folder's `run.csv`: each clip stands there once, and is done."""
    if not (out / _RECORD).is_file():
        yield "there is no run.csv"
        return
    with (out / _RECORD).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    counts = Counter(row["clip"] for row in rows)
    yield from (f"run.csv lacks {name}" for name in sorted(NAMES - counts.keys()))
    yield from (f"run.csv has a row {name!r}" for name in sorted(counts.keys() - NAMES))
    yield from (f"run.csv has {name} {count} times" for name, count in counts.items() if count > 1)
    for row in rows:
        if row["status"] != "done":
            yield f"run.csv has {row['clip']} as {row['status']} ({row['error']})"


def hidden_files(folder: Path) -> list[str]:
    """All hidden names below a folder."""
    return sorted(path.name for path in folder.rglob(".*"))


def _wrong_in_manifest(name: str, content: bytes, right: bytes, out: Path) -> Wrong:
    try:
        manifest: dict[str, Any] = json.loads(content)
        outputs, digests = manifest["outputs"], manifest["output_digests"]
    except (ValueError, LookupError) as exc:
        yield f"{name} is no manifest: {exc!r}"
        return
    if manifest["frames_read"] != json.loads(right)["frames_read"]:
        yield f"{name} tells of {manifest['frames_read']} frames"
    for kind, digest in digests.items():
        path = out.parent / outputs[kind]
        if not path.is_file() or file_digest(path) != digest:
            yield f"{name} tells of another {path.name}"


def _pictures(content: bytes) -> int | str:
    """How many pictures a file has, or why it cannot be read."""
    digest = sha256(content).digest()
    if digest not in _counts:
        _counts[digest] = _count(content)
    return _counts[digest]


def _count(content: bytes) -> int | str:
    try:
        if content[4:8] == b"ftyp":
            with av.open(io.BytesIO(content)) as container:
                return sum(1 for _ in container.decode(video=0))
        with Image.open(io.BytesIO(content)) as image:
            return sum(frame.convert("RGB").width > 0 for frame in ImageSequence.Iterator(image))
    except Exception as exc:  # whatever its reader says
        return f"unreadable ({exc})"


def half_made(out: Path) -> Wrong:
    """Say which clips are neither whole nor absent."""
    named = {_RECORD}
    for path in out.glob("*_manifest.json"):
        outputs = json.loads(path.read_bytes())["outputs"].values()
        names = {path.name, *(Path(output).name for output in outputs)}
        named |= names
        yield from (f"{name} is missing" for name in names if not (out / name).is_file())
    yield from (
        f"no manifest tells of {path.name}" for path in out.iterdir() if path.name not in named
    )
