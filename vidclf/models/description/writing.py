"""Write a model's description beside it, so that what its user said is known from then on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError
from vidclf.files.temporary_names import new_token, temporary_name
from vidclf.files.write_errors import explained
from vidclf.models.description.sidecar import read_description, sidecar_path
from vidclf.models.description.sidecar_fields import PER_LABEL_FIELDS
from vidclf.models.info import ModelInfo
from vidclf.models.labels.placeholders import are_placeholders
from vidclf.settings import ModelSettings

_REMEDY = "copy the model to a folder of yours, or give the options each time"


def write_description(info: ModelInfo, settings: ModelSettings) -> Path:
    """Write what is known of a model as the `.json` beside it; fields that are there already stay.

    Args:
        info: the model's description, with what its user said of it.
        settings: what its user said; resize rule, crop and sizes are only written if given.

    Returns:
        The file.

    Raises:
        ModelError: the model is not on the disk, or another program's file has that name.
        OutputError: the file cannot be written.
    """
    model = Path(info.path)
    if info.in_memory or not model.exists():
        raise ModelError(f"{info.path} is no file: a description is written beside one")
    path = sidecar_path(model)
    fields = read_description(path)
    if path.exists() and not fields:
        raise ModelError(
            f"{path} is another program's file, and stays as it is: move it away to have the "
            "description written there, or give the options each time"
        )
    _write(path.resolve(), {**fields, **_known_fields(info, settings, fields)})
    return path


def _known_fields(
    info: ModelInfo, settings: ModelSettings, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Collect the fields that are written, over those that stood there before."""
    given = {
        "crop": settings.crop,
        "resize": settings.resize,
        "input_size": settings.input_size and list(settings.input_size),
        "window": settings.window_size,
        "preprocessing": info.preprocessing.name if info.preprocessing else None,
        "head": info.head if info.head_is_known else None,
        "sha256": info.digest,
    }
    known = {name: value for name, value in given.items() if value is not None}
    return {"format": 1, **_label_fields(info, settings, before), **known}


def _label_fields(
    info: ModelInfo, settings: ModelSettings, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Collect the labels and what belongs to them; nothing where the old ones hold.

    Fields by label are written in the order of the new labels, whose names they may not have.
    """
    if are_placeholders(info.labels) or ("labels" in before and settings.labels is None):
        return {}
    units = info.units or ("",) * len(info.labels)
    named = zip(info.labels, units, strict=True)
    labels = [f"{name} [{unit}]" if unit else name for name, unit in named]
    renamed = {name: getattr(info, name) for name in PER_LABEL_FIELDS if name in before}
    return {"labels": labels, **renamed}


def _write(path: Path, fields: Mapping[str, Any]) -> None:
    """Write the fields as JSON: all of them, or the file stays as it was."""
    text = json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
    temporary = temporary_name(path, token=new_token())
    with explained(path, kind="the description", remedy=_REMEDY):
        try:
            temporary.write_text(text, encoding="utf-8", newline="")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
