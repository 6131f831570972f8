"""Segments to be written, of which every format is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from vidclf.segments.export import SegmentExport
from vidclf.segments.finder import Segment

NASTY = [
    "7",
    'dog, "big"',
    "a & b",
    "<i>cat</i>",
    "{\\an8}x",
    "a\\Nb",
    "a --> b",
    "two\nlines\r\n here",
    "tab\tbed",
    "null\x00bell\x07\x1b[31m",
    "\ufffe猫 naïve 🐈",
    "]]>",
    "</ANNOTATION_VALUE>",
    "&lt;",
    " ",
]
"""Labels that some format or player could take for something of its own."""

SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(0, 3)), min_size=1, max_size=25
)
"""(start, length, class) of segments that overlap as they like; for `of_spans`."""


def segment(label: str, start: float, end: float, class_id: int = 0) -> Segment:
    return Segment(
        label=label,
        class_id=class_id,
        start_frame=int(start * 25),
        end_frame=int(end * 25) - 1,
        start_seconds=start,
        end_seconds=end,
        frames=1,
        mean_confidence=0.25,
        max_confidence=0.75,
    )


def export(*segments: Segment, **changes: Any) -> SegmentExport:
    return SegmentExport(**({"video": "a.mp4", "segments": segments} | changes))


def in_a_row(labels: Sequence[str], seconds: float = 1.0) -> list[Segment]:
    return [
        segment(label, i * seconds, (i + 1) * seconds, class_id=i) for i, label in enumerate(labels)
    ]


def of_spans(given_spans: Sequence[tuple[int, int, int]], unit: float) -> list[Segment]:
    return [
        segment(f"label {i}", start * unit, (start + length) * unit, class_id=i)
        for start, length, i in sorted(given_spans)
    ]
