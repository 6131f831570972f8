"""Read single fields of a sidecar, or refuse them in a sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, get_args

from vidclf.core.preprocessing import Crop, Resize, Scaling
from vidclf.core.thresholds import DEFAULT_LABEL_THRESHOLD
from vidclf.models.labels.checks import split_unit
from vidclf.settings import Head

PER_LABEL_FIELDS = ("thresholds", "units", "ranges")
_MAX_PIXELS = 4096
_RESIZE_PARTS = {"rule", "kernel", "crop_fraction"}
_LABELS_SHOWN = 5


def read_text(name: str, given: Any) -> str:
    """Read any text that is not blank."""
    if not isinstance(given, str) or not given.strip():
        raise _error(name, given, "should be a text in quotes")
    return given


def read_count(name: str, given: Any) -> int:
    """Read a whole number from 1."""
    if type(given) is not int or given < 1:
        raise _error(name, given, "should be a whole number from 1")
    return given


def read_size(name: str, given: Any) -> tuple[int, int]:
    """Read (height, width) in pixels."""
    if isinstance(given, list) and len(given) == 2:
        height, width = given
        if all(type(side) is int and 1 <= side <= _MAX_PIXELS for side in given):
            return height, width
    raise _error(name, given, f"should be [height, width] in pixels, 1 to {_MAX_PIXELS}")


def read_scaling(name: str, given: Any) -> Scaling:
    """Read a scaling as `--preprocess` takes it."""
    return Scaling.parse(read_text(name, given))


def read_crop(name: str, given: Any) -> Crop:
    """Read a crop as `--crop` takes it."""
    return Crop.parse(read_text(name, given))


def read_resize(name: str, given: Any) -> Resize:
    """Read a resize rule as `--resize` takes it, or its parts by name."""
    if isinstance(given, str):
        return Resize.parse(given)
    if not isinstance(given, dict):
        raise _error(name, given, 'should be as "crop:bilinear" or {"rule": "crop"}')
    if unknown := sorted(given.keys() - _RESIZE_PARTS):
        raise _error(name, unknown[0], f"is none of its parts {', '.join(sorted(_RESIZE_PARTS))}")
    if not _is_number(given.get("crop_fraction", 1)):
        raise _error("crop_fraction", given["crop_fraction"], "should be a number, such as 0.875")
    return Resize(**given)


def read_object(name: str, given: Any) -> Mapping[str, Any]:
    """Read an object, whatever is in it."""
    if not isinstance(given, dict):
        raise _error(name, given, 'should be an object, such as {"version": "1.0"}')
    return given


def read_head(name: str, given: Any) -> Head:
    """Read the name of a head."""
    for head in get_args(Head):
        if given == head:
            return head  # type: ignore[no-any-return]  # get_args gives Any
    raise _error(name, given, f"is none of {', '.join(get_args(Head))}")


def read_per_label(name: str, given: Any, labels: tuple[str, ...]) -> tuple[Any, ...]:
    """Read a field of `PER_LABEL_FIELDS` as one entry for each label.

    Args:
        name: the field.
        given: a list, one entry for all, or entries by label, with or without its unit.
        labels: names of all outputs, in order.

    Raises:
        ValueError: entries are missing, unknown or of a wrong kind.
    """
    if isinstance(given, dict):
        given = _by_label(name, given, labels)
    elif not isinstance(given, list) or (name == "ranges" and any(map(_is_number, given))):
        given = [given] * len(labels)
    if len(given) != len(labels):
        raise ValueError(
            f"{len(given)} {name} for {len(labels)} labels: give one for each, or by label"
        )
    return tuple(map(_ENTRY_READERS[name], given))


def _error(name: str, given: Any, rule: str) -> ValueError:
    """Say that a value breaks a rule: `input_size 24 should be [height, width] in pixels`."""
    shown = json.dumps(given, ensure_ascii=False)
    shown = shown if len(shown) <= 60 else f"{shown[:59]}…"
    return ValueError(f"{name} {shown} {rule}")


def _by_label(name: str, given: Mapping[str, Any], labels: tuple[str, ...]) -> list[Any]:
    """Put entries in the order of the labels, with the default for those that are left out."""
    entries = {_label(name, key, labels): entry for key, entry in given.items()}
    if len(entries) < len(given):
        raise ValueError(f"{name} names a label twice, with its unit and without: leave one out")
    missing = [label for label in labels if label not in entries]
    if missing and name not in _DEFAULTS:
        raise ValueError(f"{name} has nothing for {missing[0]!r}: give one for each label")
    return [entries.get(label, _DEFAULTS.get(name)) for label in labels]


def _label(name: str, key: str, labels: tuple[str, ...]) -> str:
    """Find the label that a key means: itself, or the one whose unit was left out."""
    meant = [label for label in labels if label == key]
    meant = meant or [label for label in labels if split_unit(label)[0] == key]
    if len(meant) != 1:
        shown = [*labels[:_LABELS_SHOWN], *["…"] * (len(labels) > _LABELS_SHOWN)]
        raise ValueError(f"{name} names {key!r}, which is none of the labels {', '.join(shown)}")
    return meant[0]


def _threshold(given: Any) -> float:
    if not _is_number(given) or not 0 <= given <= 1:
        raise _error("thresholds:", given, "should be a number between 0 and 1")
    return float(given)


def _unit(given: Any) -> str:
    if not isinstance(given, str):
        raise _error("units:", given, 'should be a text in quotes, "" for none')
    return given


def _range(given: Any) -> tuple[float, float]:
    if not isinstance(given, list) or len(given) != 2 or not all(map(_is_number, given)):
        raise _error("ranges:", given, "should be [least, greatest], such as [0, 30]")
    low, high = map(float, given)
    if not low < high:
        raise _error("ranges:", given, "is no range: the first number must be less than the second")
    return low, high


def _is_number(given: Any) -> bool:
    return type(given) in (int, float) and abs(given) <= sys.float_info.max


_ENTRY_READERS = {"thresholds": _threshold, "units": _unit, "ranges": _range}
_DEFAULTS = {"thresholds": DEFAULT_LABEL_THRESHOLD, "units": ""}
"""Entries of labels that are not named; a range has no default."""
