"""`run.csv`: one row for each clip of a folder's runs, written as clips end.

A run first takes out the rows of the clips that it is about to make, and then adds a row as each of
them ends: so no clip stands twice, and a run that is stopped at any moment leaves a table of what
ended. Two runs into one folder add their rows to the same file, under its lock; one that sees that
another wrote there puts the file in order at its end.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from vidclf.batch.record_rows import HEAD, RecordRow, read_rows, record_name, rows_text
from vidclf.batch.shard import Shard
from vidclf.core.held_signals import signals_held
from vidclf.errors import OutputError
from vidclf.files.temporary_names import temporary_name
from vidclf.files.write_errors import explained

_KIND = "the record"
_NO_TOKEN = "0" * 8
_LONGEST_ROW_BYTES = 2**16


class RunRecord:
    """The record of a folder.

    Args:
        path: the file; it need not be there. None for a run that keeps no record.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._to_begin: tuple[Sequence[RecordRow], Sequence[str], Collection[str]] | None = None
        self._is_in_order = True
        self._is_shared = False
        self._left: tuple[int, int] | None = None

    @classmethod
    def of(cls, folder: Path | None, shard: Shard | None) -> Self:
        """The record of a run into a folder; each shard has one of its own."""
        return cls(None if folder is None else folder / record_name(shard))

    def statuses(self) -> dict[str, str]:
        """Clip → its status in the file as it is."""
        return {name: sys.intern(row.status) for name, row in self.rows().items()}

    def rows(self) -> dict[str, RecordRow]:
        """Clip → its row, of the file as it is; a line that was cut off is passed over."""
        if self.path is None:
            return {}
        try:
            with self.path.open(encoding="utf-8", newline="") as file:
                rows, count = read_rows(file)
            self._is_in_order = len(rows) == count and not _hidden(self.path).exists()
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, csv.Error) as exc:
            raise OutputError(
                f"the record {self.path} cannot be read ({exc}): move it away for a new one"
            ) from exc
        return rows

    def begin(
        self,
        rows: Sequence[RecordRow],
        *,
        without: Sequence[str],
        stale: Collection[str] = frozenset(),
    ) -> None:
        """Set these rows, leave those of other clips, and take out those of clips to be made.

        It is written when the first clip ends: of a run that cannot begin nothing is left.

        Args:
            rows: of clips that are not to be made.
            without: clips to be made; the row of one that another run has done by then stays.
            stale: those of them that stand there as done now.
        """
        has_work = rows or without or not self._is_in_order
        self._to_begin = (rows, without, stale) if has_work else None

    def write(self) -> None:
        """Write what a run begins with, unless a clip that ended has had it written.

        Raises:
            OutputError: the file cannot be written.
        """
        begin, self._to_begin = self._to_begin, None
        if self.path is None or begin is None:
            return
        rows, without, stale = begin
        with explained(self.path, kind=_KIND):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self.path) as file:
                self._notice_others(file)
                kept = self.rows()
                for name in without:
                    if name in kept and (name in stale or kept[name].status != "done"):
                        del kept[name]
                kept.update({row.clip: row for row in rows})
                self._left = _replace(self.path, kept.values())

    def add(self, row: RecordRow) -> None:
        """Add the row of a clip that has just ended.

        Raises:
            OutputError: the file cannot be written.
        """
        if self.path is None:
            return
        self.write()
        with explained(self.path, kind=_KIND), _locked(self.path) as file:
            self._notice_others(file)
            _cut_off_torn_row(file)
            head = "" if file.tell() else HEAD
            file.write((head + rows_text([row])).encode())
            file.flush()
            self._left = _state(os.fstat(file.fileno()))

    def finish(self, made: Iterable[RecordRow]) -> None:
        """Write what is to be written, and see that each clip has one row, whoever wrote meanwhile.

        Args:
            made: the rows of clips that this run made.

        Raises:
            OutputError: the file cannot be written.
        """
        self.write()
        if self.path is None or self._left is None:
            return
        with explained(self.path, kind=_KIND), _locked(self.path) as file:
            self._notice_others(file)
            if self._is_shared:
                kept = {**{row.clip: row for row in made}, **self.rows()}
                self._left = _replace(self.path, kept.values())

    def close(self) -> None:
        """Nothing is left to be written: rows are, as clips end."""

    def _notice_others(self, file: IO[bytes]) -> None:
        self._is_shared |= self._left not in (None, _state(os.fstat(file.fileno())))


def _replace(path: Path, rows: Iterable[RecordRow]) -> tuple[int, int]:
    """Write the file anew, under its lock, and return its state.

    Another run may lock the new file as soon as it has its name, so nothing follows that.
    """
    temporary = _hidden(path)
    with signals_held():
        try:
            temporary.write_bytes((HEAD + rows_text(rows)).encode())
            state = _state(temporary.stat())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    return state


def _hidden(path: Path) -> Path:
    """Where the next record is written; always the same name, as one may be killed there."""
    return temporary_name(path, token=_NO_TOKEN)


def _state(stat: os.stat_result) -> tuple[int, int]:
    """What tells a file from what another run makes of it."""
    return stat.st_ino, stat.st_size


def _cut_off_torn_row(file: IO[bytes]) -> None:
    """Remove the beginning of a row at the end, whose writer was killed."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_ROW_BYTES))
    tail = file.read()
    if tail and not tail.endswith(b"\n"):
        file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)
        file.seek(0, os.SEEK_END)


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The file, open for adding to it, while no other run writes to it."""
    while True:
        with path.open("a+b") as file:
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
