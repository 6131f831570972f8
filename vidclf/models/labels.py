"""Reading label files and checking them against a model's outputs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from vidclf.errors import ModelError


def read_labels(path: str | Path) -> tuple[str, ...]:
    """Read labels from a text file (one a line) or a JSON list, in the order of the scores.

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
    labels = _from_json(path, text) if path.suffix.lower() == ".json" else _from_lines(text)
    return check_distinct(labels, source=str(path))


def check_distinct(labels: tuple[str, ...], *, source: str) -> tuple[str, ...]:
    """Return the labels, or raise a ModelError that names the one that stands twice."""
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


def _from_lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _from_json(path: Path, text: str) -> tuple[str, ...]:
    try:
        labels = json.loads(text)
    except json.JSONDecodeError as exc:
        raise ModelError(f"cannot read labels from {path}: not JSON ({exc})") from exc
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ModelError(f'{path} should hold a JSON list of names, such as ["cat", "dog"]')
    return tuple(labels)
