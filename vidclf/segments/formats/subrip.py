"""SubRip subtitles (`.srt`).

There is no standard; this is what FFmpeg (`libavformat/srtdec.c`) and VLC read: a number, a line
of times with commas, lines of text, an empty line.
"""

from __future__ import annotations

from vidclf.core.subtitle_text import plain_subrip
from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.cues import cue_text, cues_of


def srt_text(export: SegmentExport) -> str:
    """One cue for each stretch, one label a line."""
    cues = enumerate(cues_of(export, is_marked=True), start=1)
    return "".join(f"{number}\n{cue_text(cue, ',', plain_subrip)}\n\n" for number, cue in cues)
