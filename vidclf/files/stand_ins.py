"""Local files that stand for outputs elsewhere until these are whole and sent.

Each folder elsewhere has one in the folder for temporary files, always the same for the same user.
So the claim of a clip (`claim.py`) and the notes of hidden files work there as they do beside
outputs on a disk: two runs on a machine never write one clip, and what a dead run left is found.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from vidclf.errors import OutputError
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath


def stand_in(place: Place) -> Path:
    """The local file that an output is written beside: its own place on a disk, else one for it."""
    if isinstance(place, Path):
        return place.absolute()
    digest = hashlib.sha256(place.parent.address.encode("utf-8", "surrogatepass")).hexdigest()
    return _top() / digest[:16] / place.name


def make_folder(place: RemotePath) -> Path:
    """Make the folder of a stand-in; nobody else may look into it.

    Raises:
        OSError: it cannot be made.
        OutputError: another user has taken its name.
    """
    folder = stand_in(place).parent
    with suppress(FileExistsError):
        _top().mkdir(mode=0o700)
    status = _top().lstat()
    if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
        raise OutputError(f"{_top()} belongs to another user: set TMPDIR to a folder of your own")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def remove_folder(place: RemotePath) -> None:
    """Remove the folder of a stand-in where nothing is in it."""
    with suppress(OSError):
        stand_in(place).parent.rmdir()
        _top().rmdir()


def is_stand_in(path: Path) -> bool:
    """Whether a file lies where outputs for elsewhere are written."""
    return path.parent.parent == _top()


def _top() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else ""
    return Path(tempfile.gettempdir()) / f"vidclf-outputs-{user}"
