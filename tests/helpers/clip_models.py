"""Clip models in tests: a description of one, and its windows by the long way round."""

from __future__ import annotations

from typing import Any

from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.models.info import ModelInfo


def describe(**changed: Any) -> ModelInfo:
    known: dict[str, Any] = {
        "name": "clips",
        "path": "clips.keras",
        "digest": "0" * 64,
        "labels": ("one", "two", "three"),
        "input_size": (24, 32),
        "preprocessing": SCALINGS["0-1"],
        "resize": Resize(),
        "head": "regression",
        "window": 6,
    }
    return ModelInfo(**known | changed)


def windows_of(count: int, size: int, stride: int) -> list[list[int]]:
    """The rule, said again the long way: the samples of every window over `count` of them."""
    if count < size:
        return [[min(i, count - 1) for i in range(size)]]
    starts = [i for i in range(count) if i % stride == 0 and i + size <= count]
    if starts[-1] != count - size:
        starts.append(count - size)
    return [[*range(start, start + size)] for start in starts]
