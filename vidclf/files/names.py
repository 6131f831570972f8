"""Where what is made from a table goes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from vidclf.errors import UsageError

_SLASHES = tuple(filter(None, (os.sep, os.altsep)))


def output_path(
    stem: Path,
    output: str | os.PathLike[str] | None,
    *,
    ending: str,
    kinds: Sequence[str],
    inputs: Iterable[Path] = (),
) -> Path:
    """The file to write.

    Args:
        stem: the table's path without `_predictions` and suffix (`Table.stem`).
        output: a folder (there already, or without a suffix), a file, or None for beside the table.
        ending: what is put behind the stem, such as `_report.html`.
        kinds: the suffixes that a file may have, such as `.html`.
        inputs: files that must not be written over, whatever the user allows.

    Raises:
        UsageError: the suffix is another, the output is an input, or its name is empty.
    """
    name = stem.name + ending
    if output is None:
        path = stem.with_name(name)
    elif not os.fspath(output):
        raise UsageError("an empty name stands for no place: is a variable unset?")
    elif is_folder(output):
        path = Path(output) / name
    else:
        path = Path(output)
    if path.suffix.lower() not in kinds:
        kind = ", ".join(kinds)
        raise UsageError(f"-o {path}: this command writes {kind}; end a new folder's name with /")
    if any(os.path.realpath(path) == os.path.realpath(file) for file in inputs):
        raise UsageError(f"{path} is an input: name another output, it would be replaced")
    return path


def is_folder(output: str | os.PathLike[str]) -> bool:
    """Whether an output names a folder: one that is there, ends in a slash, or has no suffix."""
    name = os.fspath(output)
    # unlike Path's, os.path.isdir bears names that are too long
    return name.endswith(_SLASHES) or os.path.isdir(name) or not Path(name).suffix  # noqa: PTH112
