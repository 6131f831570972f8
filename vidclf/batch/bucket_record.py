"""`run.csv` in a bucket, where nothing can be added to a file: it is replaced whole, now and then.

Rows are kept until it is time, so that a run over clips of a second does not write it each second,
and are written in the end, also of a run that is interrupted. Before that the record is read again:
another run into the folder may have written it. Where the server knows conditions, it is replaced
only if it is still the one that was read.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

from vidclf.batch.record_rows import HEAD, RecordRow, read_rows, rows_text
from vidclf.errors import OutputError
from vidclf.remote.path import RemotePath
from vidclf.remote.small_files import read_version, replace_version

_SECONDS = 15.0
"""How old the record may be."""
_MOST_SHARE = 0.05
"""Of the run's time that goes to writing it: of a hundred thousand rows it takes a second."""
_MOST_TRIES = 10


class BucketRecord:
    """The record of a folder in a bucket; see `RunRecord`, which it stands in for.

    Args:
        path: the file; it need not be there.
    """

    def __init__(self, path: RemotePath) -> None:
        self.path = path
        self._to_begin: tuple[Sequence[RecordRow], Sequence[str], Collection[str]] | None = None
        self._own: dict[str, RecordRow] = {}
        self._is_behind = False
        self._due = 0.0

    def statuses(self) -> dict[str, str]:
        """Clip → its status in the file as it is."""
        return {name: sys.intern(row.status) for name, row in self.rows().items()}

    def rows(self) -> dict[str, RecordRow]:
        """Clip → its row, of the file as it is."""
        return self._read()[0]

    def begin(
        self,
        rows: Sequence[RecordRow],
        *,
        without: Sequence[str],
        stale: Collection[str] = frozenset(),
    ) -> None:
        """Set these rows, leave those of other clips, and take out those of clips to be made."""
        self._to_begin = (rows, without, stale) if rows or without else None

    def write(self) -> None:
        """Write what a run begins with.

        Raises:
            OutputError: the file cannot be written.
        """
        if self._to_begin is not None:
            self._write()

    def add(self, row: RecordRow) -> None:
        """Add the row of a clip that has just ended; it is written when it is time.

        Raises:
            OutputError: the file cannot be written.
        """
        self._own[row.clip] = row
        self._is_behind = True
        if time.monotonic() >= self._due:
            self._write()

    def finish(self, made: Iterable[RecordRow]) -> None:
        """Write what is to be written.

        Args:
            made: the rows of clips that this run made.

        Raises:
            OutputError: the file cannot be written.
        """
        self._own.update({row.clip: row for row in made})
        if self._is_behind or self._to_begin is not None:
            self._write()

    def close(self) -> None:
        """Write the rows of a run that was stopped, if that is possible."""
        if self._is_behind:
            with suppress(OutputError):
                self._write()

    def _write(self) -> None:
        started = time.monotonic()
        for _ in range(_MOST_TRIES):
            found, version = self._read()
            rows = {**self._kept(found), **self._own}
            content = (HEAD + rows_text(rows.values())).encode()
            if replace_version(self.path, content, version):
                break
        else:
            raise OutputError(
                f"the record {self.path} is written by many runs at once: the same command again "
                "puts it in order"
            )
        self._to_begin, self._is_behind = None, False
        now = time.monotonic()
        self._due = now + max(_SECONDS, (now - started) / _MOST_SHARE)

    def _kept(self, found: dict[str, RecordRow]) -> dict[str, RecordRow]:
        """The rows that stay, and those that a run begins with."""
        if self._to_begin is None:
            return found
        rows, without, stale = self._to_begin
        for name in without:
            if name in found and (name in stale or found[name].status != "done"):
                del found[name]
        return {**found, **{row.clip: row for row in rows}}

    def _read(self) -> tuple[dict[str, RecordRow], str | None]:
        """The rows, and what tells the file from what others make of it; None without a file."""
        content, version = read_version(self.path)
        try:
            return read_rows(content.decode().splitlines(keepends=True))[0], version
        except (UnicodeDecodeError, csv.Error) as exc:
            raise OutputError(
                f"the record {self.path} cannot be read ({exc}): move it away for a new one"
            ) from exc
