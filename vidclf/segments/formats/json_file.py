"""`<stem>_segments.json`: the rows of the CSV as objects, and what they were found by."""

from __future__ import annotations

import json
from dataclasses import asdict

from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.csv_file import segment_rows


def json_text(export: SegmentExport) -> str:
    """One object: `video`, `rules` and `segments`; docs/segments.md shows it."""
    segments = segment_rows(export)
    for segment in segments:
        del segment["video"]
    document = {"video": export.video, "rules": asdict(export.rules), "segments": segments}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
