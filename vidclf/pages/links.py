"""Addresses of files beside a page."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from vidclf.remote.path import RemotePath


def relative_link(path: Path, folder: Path | RemotePath) -> str:
    """The address of a file as a page in `folder` writes it; all of it for a page elsewhere."""
    if isinstance(folder, RemotePath):
        return path.absolute().as_uri()
    try:
        relative = os.path.relpath(path.absolute(), folder.absolute())
    except ValueError:  # on another drive
        return path.absolute().as_uri()
    return quote(os.fsencode(Path(relative).as_posix()))  # any bytes, UTF-8 or not
