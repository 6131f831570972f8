"""Read the names out of a `data.yaml`, as Ultralytics' trainers and Roboflow's exports have it.

That is one key with a list or a mapping below it, which a few lines read; any YAML beyond that is
refused, so that no library is needed for it.
"""

from __future__ import annotations

import re

from vidclf.errors import ModelError
from vidclf.models.labels.json_labels import labels_of_json
from vidclf.models.labels.literals import parse_literal, parse_scalar

_KEY = re.compile(r"(?m)^(?:names|labels|classes|class_names)[ ]*:(?=\s)")
_IN_BRACKETS = re.compile(r"[ ]*(\[[^\]]*\]|\{[^}]*\})[ ]*(#.*)?(\n|$)")
_BELOW = re.compile(r"(?:[ ]+|-(?=\s)).*")
"""A line that belongs to the key above it."""
_COMMENT = re.compile(r"(^|\s)#[^'\"]*$")
_ITEM = re.compile(r"-\s+(.*)")
_PAIR = re.compile(r"(.+?)[ ]*:\s+(.*)")


def labels_of_yaml(text: str, *, source: str) -> tuple[str, ...]:
    """Read the labels below `names:` (or `labels:`, `classes:`, `class_names:`).

    Raises:
        ModelError: there is no such key, or it holds more than a list or a mapping of names.
    """
    keys = list(_KEY.finditer(text))
    if len(keys) != 1:
        raise ModelError(
            f"{source} has {'several lists' if keys else 'no list'} of names (names: [cat, dog]): "
            "write one label a line into a .txt"
        )
    below = text[keys[0].end() :]
    in_brackets = _IN_BRACKETS.match(below)
    given = parse_literal(in_brackets[1]) if in_brackets else _parse_block(below)
    if not given:
        raise ModelError(
            f"{source} has names: in a form that vidclf does not read; it reads [cat, dog], one "
            "'- cat' or one '0: cat' a line: write it so, or one label a line into a .txt"
        )
    return labels_of_json(given, source=source)


def _parse_block(text: str) -> list[str] | dict[str, str] | None:
    """Parse the lines `- cat` or `0: cat` at the beginning of a text; None for any others."""
    lines = _lines_below(text)
    if lines is None or len({len(line) - len(line.lstrip()) for line in lines}) != 1:
        return None
    items = [_ITEM.fullmatch(line.strip()) for line in lines]
    if all(items):
        names = [parse_scalar(item[1]) for item in items if item]
        return [name for name in names if name is not None] if None not in names else None
    pairs = [_PAIR.fullmatch(line.strip()) for line in lines]
    scalars = [(parse_scalar(pair[1]), parse_scalar(pair[2])) for pair in pairs if pair]
    named = {key: name for key, name in scalars if key is not None and name is not None}
    return named if len(named) == len(lines) else None


def _lines_below(text: str) -> list[str] | None:
    """Return the lines that belong to a key, without comments; None where other text follows."""
    first, *others = [_COMMENT.sub("", line).rstrip() for line in text.split("\n")]
    if first.strip():
        return None
    lines: list[str] = []
    for line in others:
        if line and not _BELOW.fullmatch(line):
            break
        if line.strip():
            lines.append(line)
    return lines
