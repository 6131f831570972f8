"""The manifest of a run: what was done, with what, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from vidclf.files.text_file import write_text


def write_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """Write `manifest` to `path` as UTF-8 JSON, its keys in the order they were given.

    Paths and fractions are written as text (`30000/1001`), numpy's numbers as plain ones.

    Raises:
        OutputError: The file cannot be written.
        TypeError: A value that JSON cannot hold.
    """
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    write_text(path, text + "\n")


def _plain(value: object) -> object:
    if isinstance(value, Path | Fraction):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a manifest cannot hold {value!r}, a {type(value).__name__}")
