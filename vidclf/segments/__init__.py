"""Segments: when each label holds.

`vidclf annotate` finds them as frames come (`SegmentFinder`), everything else in a table
(`vidclf.segments.from_table`). docs/tables.md describes what is written.
"""

from vidclf.segments.finder import LabelScore, Segment, SegmentFinder, SegmentRules
from vidclf.segments.formats.csv_file import write_csv

__all__ = ["LabelScore", "Segment", "SegmentFinder", "SegmentRules", "write_csv"]
