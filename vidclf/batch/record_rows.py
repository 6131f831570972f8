"""Rows of the record of a folder's runs, and the CSV that they make."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from vidclf.batch.shard import Shard
from vidclf.files.places import Place, output_place
from vidclf.pipeline.summary import RunSummary
from vidclf.remote.path import RemotePath

Status = Literal["done", "failed", "different"]
"""Whole; not made, and why; made otherwise by an earlier run, and left so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A row of the record."""

    clip: str
    """The clip's name, as in the column `video` of its table."""
    status: str
    """One of `Status`."""
    frames: str = ""
    """Rows of its table."""
    seconds: str = ""
    """Wall time that it took."""
    speed: str = ""
    """Frames in a second of it."""
    error: str = ""
    """Why it failed, or in what it differs."""
    outputs: str = ""
    """The files made of it, relative to the record's folder, with `;` between them."""


_COLUMNS = [field.name for field in fields(RecordRow)]
HEAD = ",".join(_COLUMNS) + "\n"


def record_name(shard: Shard | None) -> str:
    """What the record of a folder's runs is called; each shard has one of its own."""
    return f"run_{shard.number}_of_{shard.count}.csv" if shard else "run.csv"


def row_of_summary(summary: RunSummary, folder: Place) -> RecordRow:
    """The row of a clip that was made just now."""
    outputs = summary.outputs.values()
    return _done(summary.video, summary.frames_read, summary.seconds, outputs, folder)


def row_of_manifest(name: str, manifest: Mapping[str, Any], folder: Place) -> RecordRow:
    """The row of a clip that an earlier run made."""
    frames, seconds = manifest["frames_read"], manifest["seconds"]
    return _done(name, frames, seconds, manifest["outputs"].values(), folder)


def row_of_failure(name: str, status: Status, why: object) -> RecordRow:
    """The row of a clip that is not there as it was asked for."""
    return RecordRow(clip=name, status=status, error=" ".join(str(why).split()))


def read_rows(file: Iterable[str]) -> tuple[dict[str, RecordRow], int]:
    """The last row of each clip, and how many lines there are.

    Raises:
        csv.Error: it is no CSV.
    """
    rows: dict[str, RecordRow] = {}
    count = 0
    for cells in csv.DictReader(file):
        count += 1
        known = {name: cells.get(name) for name in _COLUMNS}
        if all(isinstance(value, str) for value in known.values()):
            row = RecordRow(**known)  # type: ignore[arg-type]
            rows[row.clip] = row
    return rows, count


def rows_text(rows: Iterable[RecordRow]) -> str:
    """The lines of some rows, without the head."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(asdict(row).values() for row in rows)
    return text.getvalue().encode("utf-8", "backslashreplace").decode()


def _done(
    name: str, frames: int, seconds: float, outputs: Iterable[str], folder: Place
) -> RecordRow:
    seconds = round(seconds, 3)  # as manifests have it
    return RecordRow(
        clip=name,
        status="done",
        frames=str(frames),
        seconds=f"{seconds:.3f}",
        speed=f"{frames / seconds:.2f}" if seconds else "",
        outputs=";".join(_relative(path, folder) for path in outputs),
    )


def _relative(path: str, folder: Place) -> str:
    """A file's path from the record's folder; all of it where they are on different disks."""
    if isinstance(folder, RemotePath):
        return path.removeprefix(str(folder.folder))
    if isinstance(output_place(path), RemotePath):
        return path
    return os.path.relpath(path, folder)
