"""Sidecars as tests write and read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vidclf.models.description.sidecar import Sidecar, read_sidecar


def write_sidecar(model: Path, **fields: Any) -> None:
    """Write a sidecar of these fields beside a model file."""
    text = json.dumps({"format": 1, **fields})
    model.with_suffix(".json").write_text(text, encoding="utf-8")


def place_sidecar(folder: Path, content: Any) -> Path:
    """Write a sidecar of any content, and return the path of its model, which is not there."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    (folder / "model.json").write_text(text, encoding="utf-8")
    return folder / "model.keras"


def read_fields(folder: Path, **fields: Any) -> Sidecar:
    """Write and read a sidecar of these fields."""
    return read_sidecar(place_sidecar(folder, {"format": 1, **fields}), digest="ab")
