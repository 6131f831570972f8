"""Label files as tests write them."""

from __future__ import annotations

from pathlib import Path


def write_label_file(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a label file of text or bytes."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
