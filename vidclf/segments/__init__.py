"""Segments: when each label holds.

`vidclf annotate` finds them as frames come (`SegmentFinder`), everything else in a table
(`vidclf.segments.from_table`). docs/tables.md describes what is written.
"""

from vidclf.segments.finder import LabelScore, Segment, SegmentFinder, SegmentRules

__all__ = ["LabelScore", "Segment", "SegmentFinder", "SegmentRules"]
