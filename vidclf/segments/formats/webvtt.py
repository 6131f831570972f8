"""WebVTT subtitles (`.vtt`) as W3C has them, whose text takes `&`, `<` and `>` as references."""

from __future__ import annotations

from vidclf.core.subtitle_text import plain_webvtt
from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.cues import cue_text, cues_of


def vtt_text(export: SegmentExport) -> str:
    """One cue for each stretch, one label a line."""
    cues = cues_of(export, is_marked=True)
    text = "".join(f"{cue_text(cue, '.', plain_webvtt)}\n\n" for cue in cues)
    return f"WEBVTT\n\n{text}"
