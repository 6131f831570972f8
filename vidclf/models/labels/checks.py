"""Find label files, and check labels against a model's outputs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from vidclf.errors import ModelError

_UNIT = re.compile(r"(.+?)\s*\[(.*)\]")


def split_unit(label: str) -> tuple[str, str]:
    """Split a unit off a label: `"speed [m/s]"` → `("speed", "m/s")`; `"gear"` → `("gear", "")`."""
    match = _UNIT.fullmatch(label)
    return (match[1], match[2]) if match else (label, "")


def find_label_file(model_path: Path) -> Path | None:
    """Find the label file that lies beside a model, by the names that people and tools give it."""
    files = (model_path.parent / name for name in label_file_names(model_path.stem))
    return next((file for file in files if file.is_file()), None)


def label_file_names(stem: str) -> list[str]:
    """Return what the label file of a model may be called, the first that is there being meant."""
    own = [f"{stem}{joint}labels{kind}" for joint in "._" for kind in (".txt", ".csv", ".json")]
    shared = ["labels.txt", "labels.csv", "labels.json", "class_names.json", "class_names.txt"]
    return [*own, *shared, "class_indices.json"]


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
