"""SubRip subtitles (`.srt`).

There is no standard; this is what FFmpeg (`libavformat/srtdec.c`) and VLC read: a number, a line
of times with commas, lines of text, an empty line.
"""

from __future__ import annotations

from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.cues import cue_text, cues_of

_WORD_JOINER = "\u2060"
"""Takes no room and has no look."""
_HARMLESS = str.maketrans({"<": f"<{_WORD_JOINER}", "\\": f"\\{_WORD_JOINER}", "{": "(", "}": ")"})
"""Players take `<i>`, `{\\an8}` and `\\N` for orders, and SubRip has no way to say otherwise."""


def srt_text(export: SegmentExport) -> str:
    """One cue for each stretch, one label a line."""
    cues = enumerate(cues_of(export), start=1)
    return "".join(f"{number}\n{cue_text(cue, ',', _HARMLESS)}\n\n" for number, cue in cues)
