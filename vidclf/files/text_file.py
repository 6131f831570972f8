"""A text that is written as one file."""

from __future__ import annotations

from pathlib import Path

from vidclf.errors import OutputError
from vidclf.files.staging import shown_path


def write_text(path: Path, text: str, *, kind: str) -> None:
    """Write a text as it is, in UTF-8.

    Args:
        path: the file; the one `Staging.add` gave.
        text: what stands in it.
        kind: what the file is called in an error, such as `the segments`.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as exc:
        raise OutputError(
            f"cannot write {kind} {shown_path(path)} ({exc.strerror}): free space or use -o"
        ) from exc
