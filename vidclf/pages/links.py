"""Addresses of files beside a page."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote


def relative_link(path: Path, folder: Path) -> str:
    """The address of a file as a page in `folder` writes it."""
    try:
        relative = os.path.relpath(path.absolute(), folder)
    except ValueError:  # on another drive
        return path.absolute().as_uri()
    return quote(os.fsencode(Path(relative).as_posix()))  # any bytes, UTF-8 or not
