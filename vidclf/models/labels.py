"""Reading label files and checking them against a model's outputs."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError

_NUMBERED = re.compile(r"(\d+)[ \t:,]+(.+)")
_LABEL_COLUMNS = ("label", "name", "class", "class_name")


def read_labels(path: str | Path) -> tuple[str, ...]:
    """Read labels in the order of the scores.

    - Text: one a line; Teachable Machine's `0 cat`, `1 dog` count as `cat`, `dog`.
    - CSV: the column `label`, `name`, `class` or `class_name`; else the last one.
    - JSON: a list of names; `{"cat": 0}` (`class_indices` of Keras' generators) or `{"0": "cat"}`;
      `{"0": ["n02124075", "Egyptian_cat"]}` as in `imagenet_class_index.json`.

    Raises:
        ModelError: the file is missing, unreadable, or names a label twice.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise ModelError(f"cannot read labels from {path} ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise ModelError(f"cannot read labels from {path}: save it as UTF-8 text") from exc
    readers = {".json": _from_json, ".csv": _from_csv}
    labels = readers.get(path.suffix.lower(), _from_lines)(text, path)
    return check_distinct(labels, source=str(path))


def labels_beside(model_path: Path) -> Path | None:
    """The label file that lies beside a model, by the names that people and tools give them."""
    stem, folder = model_path.stem, model_path.parent
    own = [f"{stem}{joint}labels{kind}" for joint in "._" for kind in (".txt", ".csv", ".json")]
    shared = ["labels.txt", "labels.csv", "labels.json", "class_names.json", "class_names.txt"]
    names = [*own, *shared, "class_indices.json"]
    return next((folder / name for name in names if (folder / name).is_file()), None)


def check_distinct(labels: tuple[str, ...], *, source: str) -> tuple[str, ...]:
    """Return the labels, or raise a ModelError that names the one that is blank or stands twice."""
    blank = [place for place, label in enumerate(labels) if not label.strip()]
    if blank:
        raise ModelError(f"{source} has no name in place {blank[0]}: every output needs one")
    doubles = [label for label, count in Counter(labels).items() if count > 1]
    if doubles:
        raise ModelError(f"{source} names the label {doubles[0]!r} twice: labels must be distinct")
    return labels


def check_count(labels: tuple[str, ...], outputs: int, *, source: str) -> tuple[str, ...]:
    """Return the labels, or raise a ModelError that shows both counts."""
    if len(labels) != outputs:
        raise ModelError(
            f"{source} holds {len(labels)} labels but the model has {outputs} outputs: "
            "give the labels the model was trained with, one for each output"
        )
    return labels


def _from_lines(text: str, path: Path) -> tuple[str, ...]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    if lines and all(match and int(match[1]) == place for place, match in enumerate(numbered)):
        return tuple(match[2] for match in numbered if match)
    return tuple(lines)


def _from_csv(text: str, path: Path) -> tuple[str, ...]:
    rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    if not rows:
        return ()
    header = [cell.strip().lower() for cell in rows[0]]
    named = [column for column, name in enumerate(header) if name in _LABEL_COLUMNS]
    column = named[0] if named else len(rows[0]) - 1
    try:
        return tuple(row[column].strip() for row in rows[bool(named) :])
    except IndexError as exc:
        raise ModelError(f"{path} has rows of different lengths: one label a row") from exc


def _from_json(text: str, path: Path) -> tuple[str, ...]:
    try:
        labels = json.loads(text)
    except json.JSONDecodeError as exc:
        raise ModelError(f"cannot read labels from {path}: not JSON ({exc})") from exc
    if isinstance(labels, dict):
        labels = _in_order(labels)
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ModelError(
            f'{path} should hold names: a JSON list as ["cat", "dog"], or {{"cat": 0, "dog": 1}}'
        )
    return tuple(labels)


def _in_order(named: dict[str, Any]) -> list[Any] | None:
    """Names in the order of their numbers, whichever is the key; None if one number is missing."""
    if all(type(value) is int for value in named.values()):
        numbered = {number: name for name, number in named.items()}
    elif all(key.isdecimal() for key in named):
        numbered = {int(key): _second_if_pair(value) for key, value in named.items()}
    else:
        return None
    places = range(len(named))
    return [numbered[place] for place in places] if numbered.keys() == set(places) else None


def _second_if_pair(value: Any) -> Any:
    """`["n02124075", "Egyptian_cat"]` → `Egyptian cat`."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
        return value[1].replace("_", " ")
    return value
