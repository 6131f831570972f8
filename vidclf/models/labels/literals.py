"""Parse lists and mappings of names as Python prints them and YAML has them in brackets.

    ['cat', "dog"]    [cat, dog]    {'cat': 0, 'dog': 1}    {0: cat, 1: dog}

What is more than that, such as brackets within brackets, is not understood rather than guessed.
"""

from __future__ import annotations

import json
import re
from typing import Any

_QUOTED = r"""'(?:[^'\\]|'')*'|"(?:[^"\\]|\\.)*\""""
_PLAIN = r"""(?!-\s)[^\s'",:=#&*!|>%@`\[\]{}](?:[^,:=#\[\]{}\n]*(?:\[[^\[\],\n]*\])?)"""
"""A text without quotes, which may end in a unit: `speed [m/s]`."""
_SCALAR = rf"\s*({_QUOTED}|{_PLAIN})\s*"
_ITEM = re.compile(rf"{_SCALAR}(?:,|$)")
_PAIR = re.compile(rf"{_SCALAR}:{_SCALAR}(?:,|$)")


def parse_literal(text: str) -> list[str] | dict[str, str] | None:
    """Parse a list or a mapping in brackets; None where it is not understood as a whole.

    Numbers stay texts: `{0: cat}` → `{"0": "cat"}`.
    """
    text = text.strip()
    body = text[1:-1].strip()
    if text[:1] == "[" and text[-1:] == "]":
        items = _split(_ITEM, body)
        return None if items is None else [name for (name,) in items]
    if text[:1] == "{" and text[-1:] == "}":
        pairs = _split(_PAIR, body)
        mapping = dict(pairs or ())
        return mapping if pairs is not None and len(mapping) == len(pairs) else None
    return None


def parse_scalar(text: str) -> str | None:
    """Parse one name, with quotes or without; None where it is neither."""
    text = text.strip()
    if text[:1] == '"':
        return _from_json_string(text)
    if text[:1] == "'":
        is_quoted = re.fullmatch(_QUOTED, text) is not None
        return text[1:-1].replace("''", "'") if is_quoted else None
    return text if re.fullmatch(_PLAIN, text) else None


def _split(pattern: re.Pattern[str], body: str) -> list[tuple[Any, ...]] | None:
    """Split what stands between brackets into items or pairs; None where a part is neither."""
    found: list[tuple[Any, ...]] = []
    place = 0
    while place < len(body):
        match = pattern.match(body, place)
        names = [parse_scalar(part) for part in match.groups()] if match else [None]
        if match is None or None in names:
            return None
        found.append(tuple(name for name in names if name is not None))
        place = match.end()
    return found


def _from_json_string(text: str) -> str | None:
    try:
        given = json.loads(text)
    except ValueError:
        return None
    return given if isinstance(given, str) else None
