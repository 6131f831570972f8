"""`run.csv`: one row for each clip of a folder's runs, written as clips end.

A run first takes out the rows of the clips that it is about to make, and then adds a row as each of
them ends: so no clip stands twice, and a run that is stopped at any moment leaves a table of what
ended. Two runs into one folder add their rows to the same file, under its lock.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any, Literal, Self

from vidclf.batch.shard import Shard
from vidclf.errors import OutputError
from vidclf.files.temporary_names import new_token, temporary_name
from vidclf.files.write_errors import explained
from vidclf.pipeline.summary import RunSummary

Status = Literal["done", "failed", "different"]
"""Whole; not made, and why; made otherwise by an earlier run, and left so."""

_KIND = "the record"


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


class RunRecord:
    """The record of a folder.

    Args:
        path: the file; it need not be there. None for a run that keeps no record.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._to_begin: tuple[Sequence[RecordRow], Sequence[str]] | None = None

    @classmethod
    def of(cls, folder: Path | None, shard: Shard | None) -> Self:
        """The record of a run into a folder; each shard has one of its own."""
        if folder is None:
            return cls(None)
        name = f"run_{shard.number}_of_{shard.count}.csv" if shard else "run.csv"
        return cls(folder / name)

    def statuses(self) -> dict[str, str]:
        """Clip → its status in the file as it is."""
        return {name: sys.intern(row.status) for name, row in self.rows().items()}

    def rows(self) -> dict[str, RecordRow]:
        """Clip → its row, of the file as it is; a line that was cut off is passed over."""
        if self.path is None:
            return {}
        try:
            with self.path.open(encoding="utf-8", newline="") as file:
                return _read(file)
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, csv.Error) as exc:
            raise OutputError(
                f"the record {self.path} cannot be read ({exc}): move it away for a new one"
            ) from exc

    def begin(self, rows: Sequence[RecordRow], *, without: Sequence[str]) -> None:
        """Set these rows, leave those of other clips, and take out those of clips to be made.

        It is written when the first clip ends: of a run that cannot begin nothing is left.
        """
        self._to_begin = (rows, without) if rows or without else None

    def write(self) -> None:
        """Write what a run begins with, unless a clip that ended has had it written.

        Raises:
            OutputError: the file cannot be written.
        """
        begin, self._to_begin = self._to_begin, None
        if self.path is None or begin is None:
            return
        rows, without = begin
        with explained(self.path, kind=_KIND):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self.path):
                kept = self.rows()
                for name in without:
                    kept.pop(name, None)
                kept.update({row.clip: row for row in rows})
                _replace(self.path, kept.values())

    def add(self, row: RecordRow) -> None:
        """Add the row of a clip that has just ended.

        Raises:
            OutputError: the file cannot be written.
        """
        if self.path is None:
            return
        self.write()
        with explained(self.path, kind=_KIND), _locked(self.path) as file:
            file.write(_text([row]).encode())

    def row_of_summary(self, summary: RunSummary) -> RecordRow:
        """The row of a clip that was made just now."""
        return self._done(
            summary.video, summary.frames_read, summary.seconds, summary.outputs.values()
        )

    def row_of_manifest(self, name: str, manifest: Mapping[str, Any]) -> RecordRow:
        """The row of a clip that an earlier run made."""
        frames, seconds = manifest["frames_read"], manifest["seconds"]
        return self._done(name, frames, seconds, manifest["outputs"].values())

    def row_of_failure(self, name: str, status: Status, why: object) -> RecordRow:
        """The row of a clip that is not there as it was asked for."""
        return RecordRow(clip=name, status=status, error=" ".join(str(why).split()))

    def _done(self, name: str, frames: int, seconds: float, outputs: Iterable[str]) -> RecordRow:
        folder = self.path.parent if self.path else Path()
        seconds = round(seconds, 3)  # as manifests have it
        return RecordRow(
            clip=name,
            status="done",
            frames=str(frames),
            seconds=f"{seconds:.3f}",
            speed=f"{frames / seconds:.2f}" if seconds else "",
            outputs=";".join(os.path.relpath(path, folder) for path in outputs),
        )


def _replace(path: Path, rows: Iterable[RecordRow]) -> None:
    temporary = temporary_name(path, token=new_token())
    try:
        temporary.write_bytes((",".join(_COLUMNS) + "\n" + _text(rows)).encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The file, open for adding to it, while no other run writes to it."""
    while True:
        with path.open("ab") as file:
            _lock(file)
            if _is_still(path, file):
                yield file
                return


def _lock(file: IO[bytes]) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:  # a disk that knows no locks
        return


def _is_still(path: Path, file: IO[bytes]) -> bool:
    """Whether the open file is the one of this name: another run may have replaced it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _read(file: IO[str]) -> dict[str, RecordRow]:
    rows: dict[str, RecordRow] = {}
    for cells in csv.DictReader(file):
        known = {name: cells.get(name) for name in _COLUMNS}
        if all(isinstance(value, str) for value in known.values()):
            row = RecordRow(**known)  # type: ignore[arg-type]
            rows[row.clip] = row
    return rows


def _text(rows: Iterable[RecordRow]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(asdict(row).values() for row in rows)
    return text.getvalue().encode("utf-8", "backslashreplace").decode()
