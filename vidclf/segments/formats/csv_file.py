"""`<stem>_segments.csv`: one row for each segment."""

from __future__ import annotations

import io
from typing import Any

from vidclf.segments.export import SegmentExport
from vidclf.segments.finder import Segment
from vidclf.table.cells import csv_writer, score_text, timestamp_text

COLUMNS: dict[str, type] = {
    "video": str,
    "segment": int,
    "label": str,
    "start_frame": int,
    "end_frame": int,
    "start": float,
    "end": float,
    "duration": float,
    "mean_confidence": float,
    "max_confidence": float,
}
"""Column → what its cells are; docs/tables.md says what they mean."""


def csv_text(export: SegmentExport) -> str:
    """The CSV, header first."""
    file = io.StringIO(newline="")
    writer = csv_writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(export.video, i, segment) for i, segment in enumerate(export.segments))
    return file.getvalue()


def segment_rows(export: SegmentExport) -> list[dict[str, Any]]:
    """Column → value of each segment: the numbers that the CSV says."""
    rows = [_cells(export.video, i, segment) for i, segment in enumerate(export.segments)]
    return [
        {name: kind(cell) for (name, kind), cell in zip(COLUMNS.items(), row, strict=True)}
        for row in rows
    ]


def _cells(video: str, number: int, segment: Segment) -> list[str]:
    return [
        video,
        str(number),
        segment.label,
        str(segment.start_frame),
        str(segment.end_frame),
        timestamp_text(segment.start_seconds),
        timestamp_text(segment.end_seconds),
        timestamp_text(segment.seconds),
        score_text(segment.mean_confidence),
        score_text(segment.max_confidence),
    ]
