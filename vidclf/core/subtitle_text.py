r"""A label as the text of a subtitle, with nothing in it that a player takes for an order.

Players take `<i>`, `{\an8}` and `\N` for orders, also where the format has none; most formats
have no way to say otherwise.
"""

from __future__ import annotations

_WORD_JOINER = "\u2060"
"""Takes no room and has no look."""
_ESCAPES = {"\\": f"\\{_WORD_JOINER}"}
r"""Some versions of FFmpeg break lines at `\N`, and make `\h` a space."""
_BRACES = {"{": "(", "}": ")"}
"""What stands between braces, libass in mpv obeys or hides, whatever it is."""
_TIMED_TEXT = str.maketrans(_ESCAPES | _BRACES)
_SUBRIP = str.maketrans(_ESCAPES | _BRACES | {"<": f"<{_WORD_JOINER}"})
_WEBVTT = str.maketrans(_ESCAPES | {"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain_timed_text(label: str) -> str:
    """For `mov_text` of MP4 and MOV, which is plain text (ETSI TS 126 245)."""
    return label.translate(_TIMED_TEXT)


def plain_subrip(label: str) -> str:
    """For SubRip, in which FFmpeg and VLC find tags of HTML, also `< b >`, and orders of ASS."""
    return label.translate(_SUBRIP)


def plain_webvtt(label: str) -> str:
    """For WebVTT, which has references."""
    return label.translate(_WEBVTT)
