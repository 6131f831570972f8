"""Segments as JSON."""

from __future__ import annotations

import json

from helpers.segment_exports import export, segment

from vidclf.segments.finder import SegmentRules
from vidclf.segments.formats.json_file import json_text


def test_json_says_what_the_csv_says() -> None:
    rules = SegmentRules(merge_gap=0.5, thresholds={"cat": 0.25})
    document = json.loads(json_text(export(segment("cat", 1 / 3, 2), rules=rules)))
    assert document == {
        "video": "a.mp4",
        "rules": {
            "min_duration": 0.0,
            "merge_gap": 0.5,
            "threshold": None,
            "thresholds": {"cat": 0.25},
        },
        "segments": [
            {
                "segment": 0,
                "label": "cat",
                "start_frame": 8,
                "end_frame": 49,
                "start": 0.333333333,
                "end": 2.0,
                "duration": 1.666666667,
                "mean_confidence": 0.25,
                "max_confidence": 0.75,
            }
        ],
    }
