"""A text that is written as one file."""

from __future__ import annotations

from pathlib import Path

from vidclf.files.write_errors import explained


def write_text(path: Path, text: str, *, kind: str = "") -> None:
    """Write a text as it is, in UTF-8.

    Args:
        path: the file; the one `Staging.add` gave.
        text: what stands in it.
        kind: what the file is called in an error, such as `the segments`.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    with explained(path, kind=kind):
        path.write_text(text, encoding="utf-8", newline="")
