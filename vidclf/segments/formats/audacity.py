"""Audacity's label tracks: start, end and text between tabs, in seconds.

As its manual tells under "Importing and Exporting Labels"; File > Import > Labels reads them.
"""

from __future__ import annotations

from vidclf.segments.export import SegmentExport, one_line


def label_track_text(export: SegmentExport) -> str:
    """One line for each segment; they may overlap."""
    zero = export.zero_seconds
    return "".join(
        f"{s.start_seconds - zero:.6f}\t{s.end_seconds - zero:.6f}\t{one_line(s.label)}\n"
        for s in export.segments
    )
