"""Text from files, made such that a terminal shows it and does not obey it."""

from __future__ import annotations

import re

_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, ends of lines, what turns the direction of writing, and stray surrogates."""
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def printable(text: str) -> str:
    r"""One line without anything that a terminal would obey; all other writing stays as it is.

    A byte of a file name that is not UTF-8 is shown as such.

    >>> printable("a\x1b[2J.mp4"), printable("caf\udce9"), printable("b\u202e4pm.exe")
    ('a\\x1b[2J.mp4', 'caf\\xe9', 'b\\u202e4pm.exe')
    """
    return _OBEYED.sub(lambda match: _escape(match[0]), text)


def printable_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(text: str) -> str:
    """A JSON document whose strings mean what they did, in characters that a terminal shows."""
    return "\n".join(_OBEYED.sub(lambda m: f"\\u{ord(m[0]):04x}", s) for s in text.split("\n"))


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # Python's way to hold a byte that is not UTF-8
        code -= 0xDC00
    return _NAMED.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
