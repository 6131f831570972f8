"""Subtitles: SubRip (`.srt`) and WebVTT (`.vtt`).

SubRip has no standard; this is what FFmpeg (`libavformat/srtdec.c`) and VLC read: a number, a line
of times with commas, lines of text, an empty line. WebVTT is that of W3C, whose text takes `&`, `<`
and `>` as references.
"""

from __future__ import annotations

import re

from vidclf.segments.clock import clock_text
from vidclf.segments.cues import Cue, cues_of
from vidclf.segments.found import Found

_LOOKS_LIKE_A_TAG = re.compile(r"<(?=[A-Za-z/])|\{(?=\\)")
_WORD_JOINER = "\u2060"
"""Takes no room and has no look."""


def srt_text(found: Found) -> str:
    """SubRip: one cue for each stretch, one label a line."""
    cues = enumerate(cues_of(found), start=1)
    return "".join(f"{number}\n{_srt_cue(cue)}\n\n" for number, cue in cues)


def vtt_text(found: Found) -> str:
    """WebVTT: one cue for each stretch, one label a line."""
    return "WEBVTT\n\n" + "".join(f"{_vtt_cue(cue)}\n\n" for cue in cues_of(found))


def _srt_cue(cue: Cue) -> str:
    r"""Players read `<i>` and `{\an8}` as orders; a word joiner keeps labels from being such."""
    lines = [_LOOKS_LIKE_A_TAG.sub(rf"\g<0>{_WORD_JOINER}", label) for label in cue.labels]
    return "\n".join([f"{clock_text(cue.start, ',')} --> {clock_text(cue.end, ',')}", *lines])


def _vtt_cue(cue: Cue) -> str:
    lines = [
        label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for label in cue.labels
    ]
    return "\n".join([f"{clock_text(cue.start, '.')} --> {clock_text(cue.end, '.')}", *lines])
