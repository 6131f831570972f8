"""Read label files, and check labels against a model's outputs."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError
from vidclf.models.labels.numbering import order_by_number
from vidclf.models.labels.tables import read_table

_NUMBERED = re.compile(r"(\d{1,9})(?:[.)]?[ \t]+|[:;,]\s*)(.+)")
_NUMBER = re.compile(r"\d{1,9}")
_UNIT = re.compile(r"(.+?)\s*\[(.*)\]")


def read_labels(path: str | Path) -> tuple[str, ...]:
    """Read labels in the order of the scores.

    - Text: one a line; Teachable Machine's `0 cat`, `1 dog` count as `cat`, `dog`.
    - CSV with commas, semicolons or tabs: the column `label`, `name`, `class_name` or the like,
      else the first of text; in the order of the column of whole numbers, if there is one.
    - JSON: a list of names; `{"cat": 0}` (`class_indices` of Keras' generators) or `{"0": "cat"}`;
      `{"0": ["n02124075", "Egyptian_cat"]}` as in `imagenet_class_index.json`.

    Raises:
        ModelError: the file is missing, unreadable, names a label twice, or numbers them
            otherwise than 0 to N - 1.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise ModelError(f"cannot read labels from {path} ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise ModelError(f"cannot read labels from {path}: save it as UTF-8 text") from exc
    readers = {".json": _from_json, ".csv": read_table, ".tsv": read_table}
    labels = readers.get(path.suffix.lower(), _from_lines)(text, source=str(path))
    return check_distinct(labels, source=str(path))


def labels_of_json(given: Any, *, source: str) -> tuple[str, ...]:
    """Read labels from a JSON list, or from an object with either names or numbers as its keys.

    Raises:
        ModelError: there is something else in it, or a number is missing or doubled.
    """
    if isinstance(given, list):
        return tuple(_name(name, place, source) for place, name in enumerate(given))
    if isinstance(given, dict):
        return order_by_number(_numbered(given, source), source=source)
    raise _not_names(given, source)


def split_unit(label: str) -> tuple[str, str]:
    """Split a unit off a label: `"speed [m/s]"` → `("speed", "m/s")`; `"gear"` → `("gear", "")`."""
    match = _UNIT.fullmatch(label)
    return (match[1], match[2]) if match else (label, "")


def find_label_file(model_path: Path) -> Path | None:
    """Find the label file that lies beside a model, by the names that people and tools give it."""
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


def _from_lines(text: str, *, source: str) -> tuple[str, ...]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    matches = [match for line in lines if (match := _NUMBERED.fullmatch(line))]
    numbered = [(int(match[1]), match[2]) for match in matches]
    if len(numbered) == len(lines) and _is_numbering(numbered):
        return order_by_number(numbered, source=source)
    return tuple(lines)


def _is_numbering(numbered: list[tuple[int, str]]) -> bool:
    """Return whether the numbers at the beginning of all lines are those of outputs.

    `7 up`, `9 to 5` are names; so are `0 fingers`, `1 finger`, `2 fingers`, which need theirs.
    """
    numbers, names = zip(*numbered, strict=True) if numbered else ((), ())
    if len(set(names)) < len(names):
        return False
    from_1 = len(numbers) > 1 and sorted(numbers) == list(range(1, len(numbers) + 1))
    return 0 in numbers or from_1


def _from_json(text: str, *, source: str) -> tuple[str, ...]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ModelError(f"cannot read labels from {source}: not JSON ({exc})") from exc
    return labels_of_json(given, source=source)


def _numbered(given: dict[str, Any], source: str) -> list[tuple[int, str]]:
    """Return pairs of number and name, whichever is the key."""
    wrong = {name: number for name, number in given.items() if type(number) is not int}
    if not wrong:
        return [(number, name) for name, number in given.items()]
    if all(_NUMBER.fullmatch(key) for key in given):
        return [(int(key), _name(name, key, source)) for key, name in given.items()]
    raise _not_names(wrong, source)


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
