"""`<stem>_segments.csv`: one row for each segment."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vidclf.errors import OutputError
from vidclf.segments.finder import Segment
from vidclf.table import timestamp_text

COLUMNS = (
    *("video", "segment", "label", "start_frame", "end_frame", "start", "end", "duration"),
    *("mean_confidence", "max_confidence"),
)
"""docs/tables.md says what they mean."""


def write_csv(path: Path, segments: Sequence[Segment], *, video: str) -> None:
    r"""Write the segments of a clip: UTF-8, lines end in `\n`.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    save(path, csv_text(segments, video=video))


def save(path: Path, text: str) -> None:
    """Write a text as it is, in UTF-8.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as exc:
        raise OutputError(
            f"cannot write the segments as {path.suffix} ({exc.strerror}): free space or use -o"
        ) from exc


def csv_text(segments: Sequence[Segment], *, video: str) -> str:
    """The CSV, header first."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(csv_row(video, number, segment) for number, segment in enumerate(segments))
    return file.getvalue()


def csv_row(video: str, number: int, segment: Segment) -> list[str]:
    """The cells of one segment as text, in the order of `COLUMNS`."""
    return [
        video,
        str(number),
        segment.label,
        str(segment.start_frame),
        str(segment.end_frame),
        timestamp_text(segment.start_seconds),
        timestamp_text(segment.end_seconds),
        timestamp_text(segment.seconds),
        f"{segment.mean_confidence:.6f}",
        f"{segment.max_confidence:.6f}",
    ]


def values(video: str, number: int, segment: Segment) -> dict[str, Any]:
    """Column → value of one segment: the numbers that the CSV says."""
    cells: list[Any] = list(csv_row(video, number, segment))
    kinds = (str, int, str, int, int, float, float, float, float, float)
    return {name: kind(cell) for name, kind, cell in zip(COLUMNS, kinds, cells, strict=True)}
