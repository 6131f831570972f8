"""Files that appear elsewhere whole or not at all."""

from __future__ import annotations

from pathlib import Path

from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import writing


def upload(file: Path, to: RemotePath) -> None:
    """Copy a local file to a place elsewhere; what is there is replaced in one step.

    Raises:
        OutputError: it cannot be written; then what was there before still is.
    """
    with writing(to):
        filesystem_of(to).put_file(str(file), to.address)
