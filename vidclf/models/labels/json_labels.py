"""Read labels from JSON, and from whatever else is a list or a mapping of names."""

from __future__ import annotations

import json
import re
from typing import Any

from vidclf.errors import ModelError
from vidclf.models.labels.numbering import order_by_number
from vidclf.models.labels.tables import labels_of_rows

_NUMBER = re.compile(r"\d{1,9}")
_WRAPPERS = ("names", "labels", "classes", "class_names", "class_indices", "categories", "id2label")
"""Under which the names stand in files that say more: COCO's, Ultralytics', Hugging Face's."""


def labels_of_json_text(text: str, *, source: str) -> tuple[str, ...]:
    """Read labels from a JSON file's text.

    Raises:
        ModelError: it is not JSON, or not of labels.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ModelError(f"cannot read labels from {source}: not JSON ({exc})") from exc
    return labels_of_json(given, source=source)


def labels_of_json(given: Any, *, source: str) -> tuple[str, ...]:
    """Read labels from a list of names or objects, or from names by number or numbers by name.

    Raises:
        ModelError: there is something else in it, or a number is missing or doubled.
    """
    if isinstance(given, list):
        if given and all(isinstance(item, dict) for item in given):
            return _labels_of_objects(given, source)
        return tuple(_name(name, place, source) for place, name in enumerate(given))
    if isinstance(given, dict):
        wrappers = [key for key in _WRAPPERS if isinstance(given.get(key), list | dict)]
        if len(wrappers) == 1:
            return labels_of_json(given[wrappers[0]], source=source)
        return order_by_number(_numbered(given, source), source=source)
    raise _not_names(given, source)


def _labels_of_objects(given: list[dict[str, Any]], source: str) -> tuple[str, ...]:
    """Read `[{"id": 1, "name": "dog"}, {"id": 0, "name": "cat"}]` as the rows of a table."""
    shared = [
        key
        for key in given[0]
        if all(isinstance(item.get(key), str) or type(item.get(key)) is int for item in given)
    ]
    if not any(isinstance(given[0][key], str) for key in shared):
        raise _not_names(given[0], source)
    rows = [[str(item[key]).strip() for key in shared] for item in given]
    return labels_of_rows(rows, header=shared, source=source)


def _numbered(given: dict[str, Any], source: str) -> list[tuple[int, str]]:
    """Return pairs of number and name, whichever is the key; a number may be a text."""
    wrong = {name: number for name, number in given.items() if not _is_number(number)}
    by_number = all(_NUMBER.fullmatch(key) for key in given)
    if by_number and not all(type(number) is int for number in given.values()):
        return [(int(key), _name(name, key, source)) for key, name in given.items()]
    if wrong:
        raise _not_names(wrong, source)
    return [(int(number), name) for name, number in given.items()]


def _is_number(given: Any) -> bool:
    return type(given) is int or (isinstance(given, str) and _NUMBER.fullmatch(given) is not None)


def _name(given: Any, place: int | str, source: str) -> str:
    """Read one name: `["n02124075", "Egyptian_cat"]` → `Egyptian cat`."""
    if isinstance(given, list) and len(given) == 2 and isinstance(given[1], str):
        return given[1].replace("_", " ")
    if isinstance(given, str) or type(given) is int:
        return str(given)
    raise _not_names(given, f"{source}, number {place},")


def _not_names(given: Any, source: str) -> ModelError:
    return ModelError(
        f"{source} holds {json.dumps(given, ensure_ascii=False)[:60]} and should hold names: "
        'a JSON list as ["cat", "dog"], or {"cat": 0, "dog": 1} with whole numbers'
    )
