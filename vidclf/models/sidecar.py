"""The `.json` beside a model that says what its file does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from vidclf.errors import ModelError, UsageError
from vidclf.feeding import Resize, Scaling
from vidclf.models.facts import Facts
from vidclf.models.labels import check_distinct
from vidclf.settings import Head

_KNOWN = frozenset(
    {
        "format", "name", "labels", "input_size", "window", "preprocessing", "resize", "head",
        "thresholds", "units", "ranges", "sha256", "source", "licence", "notes",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What a description says; None where it says nothing."""

    file: str = ""
    """The description's file name; empty where there is none."""
    name: str | None = None
    """Short name for people."""
    labels: tuple[str, ...] | None = None
    """A name for each class or value."""
    input_size: tuple[int, int] | None = None
    """(height, width) in pixels."""
    window: int | None = None
    """Frames in one input of a clip model."""
    preprocessing: Scaling | None = None
    """How the input is scaled."""
    resize: Resize | None = None
    """How frames are brought to size."""
    head: Head | None = None
    """What the outputs are."""
    thresholds: tuple[float, ...] | None = None
    """The score from which each label counts."""
    units: tuple[str, ...] | None = None
    """The unit of each value."""
    ranges: tuple[tuple[float, float], ...] | None = None
    """Least and greatest value to be expected of each."""

    def facts(self) -> Facts | None:
        """What follows for a file that need not be looked at; None where something is missing.

        Only for a plain classifier of RGB frames, which is what a whole description describes.
        """
        if not (self.labels and self.input_size and self.preprocessing) or self.window:
            return None
        if self.head not in ("softmax", "logits"):
            return None
        return Facts(
            loader=self.file,
            input_shape=(*self.input_size, 3),
            dtype="float32",
            outputs=len(self.labels),
            activation="softmax" if self.head == "softmax" else "linear",
            head_evidence=self.file,
        )


def sidecar_path(model: Path) -> Path:
    """Where a model's description lies: `birds.json` beside `birds.h5`, or beside a folder."""
    return model.parent / f"{model.name}.json" if model.is_dir() else model.with_suffix(".json")


def read_sidecar(model: Path, *, digest: str) -> Sidecar:
    """The description beside a model; an empty one where there is none of ours.

    Raises:
        ModelError: it holds a wrong field, or belongs to another model file.
    """
    path = sidecar_path(model)
    fields = _fields(path)
    if not fields:
        return Sidecar()
    if fields.get("sha256", digest) != digest:
        raise ModelError(
            f"{path} describes another file than {model}: its sha256 differs. "
            "Write the description again, or remove it"
        )
    if unknown := sorted(fields.keys() - _KNOWN):
        raise ModelError(
            f"{path} has a field {unknown[0]!r}, which vidclf does not know: see docs/models.md"
        )
    try:
        sidecar = _read(fields, path.name)
    except (ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"cannot use {path} as a model description: {exc!r}") from exc
    check_distinct(sidecar.labels or (), source=str(path))
    return sidecar


def _fields(path: Path) -> dict[str, Any]:
    """The fields of our own kind of sidecar; Keras 2 wrote architectures under the same name."""
    if not path.is_file():
        return {}
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelError(f"cannot read {path}: {exc}") from exc
    return fields if isinstance(fields, dict) and "format" in fields else {}


def _read(fields: dict[str, Any], file: str) -> Sidecar:
    labels = tuple(str(label) for label in fields["labels"]) if "labels" in fields else None
    size, head = fields.get("input_size"), fields.get("head")
    if head is not None and head not in get_args(Head):
        raise ValueError(f"{head!r} is none of {', '.join(get_args(Head))}")
    thresholds = _for_each("thresholds", fields, labels)
    units, ranges = _for_each("units", fields, labels), _for_each("ranges", fields, labels)
    return Sidecar(
        file=file,
        name=fields.get("name"),
        labels=labels,
        input_size=_size(size) if size is not None else None,
        window=int(fields["window"]) if "window" in fields else None,
        preprocessing=_scaling(fields["preprocessing"]) if "preprocessing" in fields else None,
        resize=Resize(**fields["resize"]) if "resize" in fields else None,
        head=head,
        thresholds=tuple(map(float, thresholds)) if thresholds else None,
        units=tuple(map(str, units)) if units else None,
        ranges=tuple(_span(pair) for pair in ranges) if ranges else None,
    )


def _for_each(
    name: str, fields: dict[str, Any], labels: tuple[str, ...] | None
) -> list[Any] | None:
    """A field with one entry for each label, given as a list or by label."""
    given = fields.get(name)
    if isinstance(given, dict):
        if labels is None or set(given) != set(labels):
            raise ValueError(f"{name} must name each label once")
        given = [given[label] for label in labels]
    if given is not None and labels is not None and len(given) != len(labels):
        raise ValueError(f"{len(given)} {name} for {len(labels)} labels")
    return given


def _size(size: Any) -> tuple[int, int]:
    height, width = size
    return int(height), int(width)


def _span(pair: Any) -> tuple[float, float]:
    low, high = map(float, pair)
    if not low < high:
        raise ValueError(f"range {pair}: the first number must be less than the second")
    return low, high


def _scaling(text: Any) -> Scaling:
    try:
        return Scaling.parse(str(text))
    except UsageError as exc:
        raise ValueError(str(exc)) from exc
