"""WebVTT subtitles (`.vtt`) as W3C has them, whose text takes `&`, `<` and `>` as references."""

from __future__ import annotations

from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.cues import cue_text, cues_of

_REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def vtt_text(export: SegmentExport) -> str:
    """One cue for each stretch, one label a line."""
    cues = "".join(f"{cue_text(cue, '.', _REFERENCES)}\n\n" for cue in cues_of(export))
    return f"WEBVTT\n\n{cues}"
