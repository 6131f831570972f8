"""`<stem>_segments.csv`: one row for each segment."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from vidclf.errors import OutputError
from vidclf.segments.finding import Segment
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
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(csv_row(video, i, segment) for i, segment in enumerate(segments))
    except OSError as exc:
        raise OutputError(
            f"cannot write the segments {path.name} ({exc.strerror}): free space or use -o"
        ) from exc


def csv_row(video: str, number: int, segment: Segment) -> list[str]:
    """The cells of one segment, in the order of `COLUMNS`."""
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
