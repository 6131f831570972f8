"""Read the sidecar: the `.json` beside a model, which adds to the facts of its file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vidclf.core.preprocessing import Crop, Resize, Scaling
from vidclf.errors import ModelError
from vidclf.models.description.sidecar_fields import (
    PER_LABEL_FIELDS,
    read_count,
    read_crop,
    read_head,
    read_object,
    read_per_label,
    read_resize,
    read_scaling,
    read_size,
    read_text,
)
from vidclf.models.info import ModelFacts
from vidclf.models.labels.checks import check_distinct
from vidclf.models.labels.json_labels import labels_of_json
from vidclf.settings import Head

_READERS: Mapping[str, Callable[[str, Any], object]] = {
    "name": read_text,
    "input_size": read_size,
    "window": read_count,
    "preprocessing": read_scaling,
    "crop": read_crop,
    "resize": read_resize,
    "head": read_head,
    "training": read_object,
}
_DISTINCTIVE_FIELDS = frozenset({*_READERS, *PER_LABEL_FIELDS, "labels"} - {"name", "training"})
"""Fields that hardly any other program's file has several of."""
_ALL_FIELDS = _DISTINCTIVE_FIELDS | {
    "format", "name", "sha256", "source", "licence", "notes", "training"
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """Holds the fields of a sidecar; None for those that it does not have."""

    file: str = ""
    """Its file name; empty where there is no sidecar."""
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
    crop: Crop | None = None
    """What is cut off the edges of a frame."""
    resize: Resize | None = None
    """How frames are brought to the input size."""
    head: Head | None = None
    """What the outputs are."""
    thresholds: tuple[float, ...] | None = None
    """The score from which each label counts."""
    units: tuple[str, ...] | None = None
    """The unit of each value."""
    ranges: tuple[tuple[float, float], ...] | None = None
    """Least and greatest value to be expected of each."""
    training: Mapping[str, Any] | None = None
    """How it was trained: on what, by which version, how good it was; for people."""
    per_label: Mapping[str, Any] = field(default_factory=dict)
    """Thresholds, units and ranges as they were written; `for_labels` reads them."""

    def for_labels(self, labels: tuple[str, ...]) -> Sidecar:
        """Read thresholds, units and ranges for each of the model's labels.

        Args:
            labels: names of all outputs, with the units that they may carry. The sidecar's own
                names are used where there are as many: another file may have renamed them.

        Raises:
            ModelError: there are more or fewer of them, they name unknown labels or are wrong.
        """
        own = self.labels or ()
        names = own if len(own) == len(labels) else labels
        try:
            return replace(self, **_read_per_label(self.per_label, names))
        except ValueError as exc:
            raise ModelError(f"{self.file}: {exc}") from exc

    def facts(self) -> ModelFacts | None:
        """Conclude the facts of a file without reading it; None where a field is missing for that.

        Only for a plain classifier of RGB frames, which is what a complete sidecar describes.
        """
        if not (self.labels and self.input_size and self.preprocessing) or self.window:
            return None
        if self.head not in ("softmax", "logits"):
            return None
        return ModelFacts(
            loader=self.file,
            input_shape=(*self.input_size, 3),
            dtype="float32",
            outputs=len(self.labels),
            activation="softmax" if self.head == "softmax" else "linear",
            head_evidence=self.file,
        )


def sidecar_path(model: Path) -> Path:
    """Return where a model's sidecar lies: `birds.json` beside `birds.h5`, or beside a folder."""
    return model.parent / f"{model.name}.json" if model.is_dir() else model.with_suffix(".json")


def read_sidecar(model: Path, *, digest: str) -> Sidecar:
    """Read the sidecar of a model; an empty one where there is none that is meant for vidclf.

    Raises:
        ModelError: it holds a wrong field, or belongs to another model file.
    """
    path = sidecar_path(model)
    fields = read_description(path)
    if not fields:
        return Sidecar()
    if unknown := sorted(fields.keys() - _ALL_FIELDS):
        raise ModelError(
            f"{path} has a field {unknown[0]!r}, which vidclf does not know; it knows "
            f"{', '.join(sorted(_ALL_FIELDS))}"
        )
    try:
        _check_digest(fields.get("sha256"), digest)
        return _read(fields, path)
    except ValueError as exc:
        raise ModelError(f"{path}: {exc}") from exc


def read_description(path: Path) -> dict[str, Any]:
    """Read the fields of a file that are not null, none where it is missing or another program's.

    Raises:
        ModelError: it is no JSON, or a description of another format.
    """
    if not path.is_file():
        return {}
    try:
        fields = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as exc:
        raise ModelError(f"cannot read {path}, which should be JSON in UTF-8: {exc}") from exc
    if not isinstance(fields, dict) or not _is_for_vidclf(fields):
        return {}
    if "format" not in fields:
        raise ModelError(
            f'{path} has no "format": 1, so it would not be used: add that if it describes '
            "the model for vidclf, else call the file otherwise"
        )
    if type(fields["format"]) is not int or fields["format"] != 1:
        written = json.dumps(fields["format"])
        raise ModelError(f'{path} has "format": {written}, and vidclf reads format 1: write 1')
    return {name: given for name, given in fields.items() if given is not None}


def _is_for_vidclf(fields: dict[str, Any]) -> bool:
    """Return whether a file was meant for vidclf, whatever its format says.

    Keras 2 wrote architectures under the same name, and TensorFlow.js files with a `format`.
    """
    distinctive = fields.keys() & _DISTINCTIVE_FIELDS
    if type(fields.get("format")) is int or len(distinctive) > 1 or "preprocessing" in distinctive:
        return True
    return bool(distinctive or "format" in fields) and fields.keys() <= _ALL_FIELDS


def _check_digest(given: Any, digest: str) -> None:
    if given is not None and read_text("sha256", given).lower() != digest:
        raise ValueError(
            "it describes another file than the model beside it: its sha256 differs. Write the "
            "description again, or remove it"
        )


def _read(fields: dict[str, Any], path: Path) -> Sidecar:
    names = fields.keys() & _READERS.keys()
    values: dict[str, Any] = {name: _READERS[name](name, fields[name]) for name in names}
    per_label = {name: fields[name] for name in PER_LABEL_FIELDS if name in fields}
    sidecar = Sidecar(file=path.name, per_label=per_label, **values)
    if "labels" not in fields:
        return sidecar
    labels = labels_of_json(fields["labels"], source=f"{path}, field 'labels',")
    if not labels:
        raise ValueError("labels is empty: name each output, or leave it out")
    check_distinct(labels, source=str(path))
    return replace(sidecar, labels=labels, **_read_per_label(per_label, labels))


def _read_per_label(fields: Mapping[str, Any], labels: tuple[str, ...]) -> dict[str, Any]:
    return {name: read_per_label(name, given, labels) for name, given in fields.items()}
