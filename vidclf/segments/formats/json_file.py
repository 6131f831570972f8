"""`<stem>_segments.json`: the rows of the CSV as objects, and what they were found by."""

from __future__ import annotations

import json
from dataclasses import asdict

from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.csv_file import values


def json_text(found: SegmentExport) -> str:
    """One object: `video`, `rules` and `segments`; docs/segments.md shows it."""
    segments = [values(found.video, i, segment) for i, segment in enumerate(found.segments)]
    for segment in segments:
        del segment["video"]
    document = {"video": found.video, "rules": asdict(found.rules), "segments": segments}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
