"""The whole rows of a table whose writing was cut short."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from vidclf.files.write_errors import explained

_MOST_AT_ONCE = 2**20
_LONGEST_ROW = 2**22


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRows:
    """Where the whole rows of a table end."""

    table: Path
    """The file."""
    end_bytes: int
    """The byte after the last one; 0 where not even the header is whole."""
    count: int
    """How many there are, the header not counted."""

    def copy(self, path: Path) -> None:
        """Copy them to a file, the one `Staging.add` gave.

        Raises:
            OutputError: it cannot be written.
        """
        with (
            explained(path, kind="the table"),
            self.table.open("rb") as source,
            path.open("wb") as target,
        ):
            left = self.end_bytes
            while left and (data := source.read(min(left, _MOST_AT_ONCE))):
                target.write(data)
                left -= len(data)


def whole_rows(table: Path) -> WholeRows:
    """Find the whole rows of a CSV.

    A power cut may leave half a row, or zeros in place of what the disk never got.

    Raises:
        OSError: it cannot be read.
    """
    end, lines = _end_of_rows(table), 0
    with table.open("rb") as file:
        left = end
        while left and (data := file.read(min(left, _MOST_AT_ONCE))):
            lines += data.count(b"\n")
            left -= len(data)
    return WholeRows(table=table, end_bytes=end, count=max(0, lines - 1))


def _end_of_rows(table: Path) -> int:
    """The byte after the last whole row; 0 where not even the header is whole."""
    with table.open("rb") as file:
        header = file.readline()
        if not header.endswith(b"\n") or b"\0" in header:
            return 0
        width = len(_cells(header) or [])
        size = file.seek(0, os.SEEK_END)
        begin = max(len(header), size - _LONGEST_ROW)
        file.seek(begin)
        tail = file.read()
    first_zero = tail.find(b"\0")
    if first_zero >= 0:
        tail = tail[:first_zero]
    while (end := tail.rfind(b"\n") + 1) > 0:
        tail = tail[:end]
        last = tail[tail.rfind(b"\n", 0, end - 1) + 1 :]
        if len(_cells(last) or []) == width:
            return begin + end
        tail = tail[: end - 1]
    return begin if begin == len(header) else 0


def _cells(line: bytes) -> list[str] | None:
    """The cells of a line; None where it is no whole row of text."""
    try:
        rows = list(csv.reader([line.decode("utf-8")], strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    return rows[0] if len(rows) == 1 else None
