"""Read labels from a text: one a line, or one line that lists all of them."""

from __future__ import annotations

import re

from vidclf.errors import ModelError
from vidclf.models.labels.json_labels import labels_of_json
from vidclf.models.labels.literals import parse_literal
from vidclf.models.labels.numbering import order_by_number

_NUMBERED = re.compile(r"(\d{1,9})(?:[.)]?[ \t]+|[:;,]\s*)(.+)")
_IN_BRACKETS = re.compile(r"""[\[{]\s*(['"]|\d+\s*:|.*[\]}]$)""")
"""The beginning of a list or mapping that was printed: a quoted name, a number with its name, or
all of it in one line."""


def labels_of_text(text: str, *, source: str) -> tuple[str, ...]:
    """Read labels from a text file.

    - One a line; `0 cat`, `1 dog` before all of them count as `cat`, `dog`.
    - One line with commas, or lines that end in commas: `cat, dog, bird`.
    - A list or mapping as Python prints it: `['cat', 'dog']`, `{'cat': 0, 'dog': 1}`.

    Raises:
        ModelError: a list is not understood, or numbers are not those of the outputs.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    whole = " ".join(lines)
    if _IN_BRACKETS.match("\n".join(lines)):
        return labels_of_json(_parse(whole, whole, source), source=source)
    if _is_one_list(lines):
        items = _parse(f"[{whole}]", whole, source)
        lines = [item for item in items if isinstance(item, str)]
    matches = [match for line in lines if (match := _NUMBERED.fullmatch(line))]
    numbered = [(int(match[1]), match[2]) for match in matches]
    if len(numbered) == len(lines) and _is_numbering(numbered):
        return order_by_number(numbered, source=source)
    return tuple(lines)


def _is_one_list(lines: list[str]) -> bool:
    """Return whether commas part the names: in the only line, or at the ends of all but the last.

    `0, cat` alone is a number with its name.
    """
    if len(lines) == 1:
        numbered = _NUMBERED.fullmatch(lines[0])
        return "," in (numbered[2] if numbered else lines[0])
    return bool(lines) and all(line.endswith(",") for line in lines[:-1])


def _parse(text: str, written: str, source: str) -> list[str] | dict[str, str]:
    given = parse_literal(text)
    if given is None:
        raise ModelError(
            f"{source} holds {written[:60]!r}, which is neither one label a line nor a list as "
            "['cat', 'dog']: write one label a line, or the list as JSON into a .json"
        )
    return given


def _is_numbering(numbered: list[tuple[int, str]]) -> bool:
    """Return whether the numbers at the beginning of all lines are those of outputs.

    `7 up`, `9 to 5` are names; so are `0 fingers`, `1 finger`, `2 fingers`, which need theirs.
    """
    numbers, names = zip(*numbered, strict=True) if numbered else ((), ())
    if len(set(names)) < len(names):
        return False
    from_1 = len(numbers) > 1 and sorted(numbers) == list(range(1, len(numbers) + 1))
    return 0 in numbers or from_1
