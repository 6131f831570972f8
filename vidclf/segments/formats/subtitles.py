"""Subtitles: SubRip (`.srt`) and WebVTT (`.vtt`).

SubRip has no standard; this is what FFmpeg (`libavformat/srtdec.c`) and VLC read: a number, a line
of times with commas, lines of text, an empty line. WebVTT is that of W3C, whose text takes `&`, `<`
and `>` as references.
"""

from __future__ import annotations

from collections.abc import Mapping

from vidclf.segments.export import SegmentExport
from vidclf.segments.formats.cues import Cue, cues_of
from vidclf.segments.formats.player_time import clock_text

_WORD_JOINER = "\u2060"
"""Takes no room and has no look."""
_HARMLESS = str.maketrans({"<": f"<{_WORD_JOINER}", "\\": f"\\{_WORD_JOINER}", "{": "(", "}": ")"})
"""Players take `<i>`, `{\\an8}` and `\\N` for orders, and SubRip has no way to say otherwise."""
_REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt_text(found: SegmentExport) -> str:
    """SubRip: one cue for each stretch, one label a line."""
    cues = enumerate(cues_of(found), start=1)
    return "".join(f"{number}\n{_srt_cue(cue)}\n\n" for number, cue in cues)


def vtt_text(found: SegmentExport) -> str:
    """WebVTT: one cue for each stretch, one label a line."""
    return "WEBVTT\n\n" + "".join(f"{_vtt_cue(cue)}\n\n" for cue in cues_of(found))


def _srt_cue(cue: Cue) -> str:
    return _cue_text(cue, ",", _HARMLESS)


def _vtt_cue(cue: Cue) -> str:
    return _cue_text(cue, ".", _REFERENCES)


def _cue_text(cue: Cue, mark: str, changes: Mapping[int, str]) -> str:
    times = f"{clock_text(cue.start, mark)} --> {clock_text(cue.end, mark)}"
    return "\n".join([times, *(label.translate(changes) for label in cue.labels)])
