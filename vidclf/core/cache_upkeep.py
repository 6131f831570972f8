"""Upkeep of the cache: which of its folders nobody needs any more, and how one is removed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import time
from pathlib import Path

from vidclf.core.cache_record import RECORD, DamagedFolderError, read_record

_ENTRY = re.compile(r"[0-9a-f]{32}_.+")
"""The name of a cached folder: the beginning of a model's digest, and what else it depends on."""
_BUILDING = re.compile(r"\.building-(?:(?P<pid>\d+)-(?P<host>[\w-]*)-)?.+")
_UNUSED_DAYS = 60
_BUILDING_DAYS = 2
"""Nothing is built for longer, on whichever computer."""
_DAY = 86_400


def building_prefix() -> str:
    """Begin the name of a folder that this process builds."""
    return f".building-{os.getpid()}-{_host()}-"


def is_entry(path: Path) -> bool:
    """Return whether something in the cache was put there by vidclf, by its name."""
    return bool(_ENTRY.fullmatch(path.name) or _BUILDING.fullmatch(path.name))


def is_being_built(path: Path) -> bool:
    """Return whether a process may still be filling a folder."""
    match = _BUILDING.fullmatch(path.name)
    if match is None or _age_days(path) > _BUILDING_DAYS:
        return False
    return match["host"] != _host() or _is_alive(int(match["pid"]))


def remove_outdated(kind: Path, *, file_format: int) -> None:
    """Remove what nobody will use from a folder of the cache.

    That is what a process left when it died, what has an older format or none, and what was not
    used for two months. A newer format stays: it is of a newer vidclf.
    """
    for path in _entries(kind):
        if not is_being_built(path) and _is_outdated(path, file_format):
            remove_tree(path)


def remove_tree(path: Path) -> bool:
    """Remove a folder, or what lies in its place; return whether it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return False
    return not os.path.lexists(path)


def _entries(kind: Path) -> list[Path]:
    try:
        return [path for path in kind.iterdir() if is_entry(path)]
    except OSError:
        return []


def _is_outdated(path: Path, file_format: int) -> bool:
    try:
        return read_record(path).format < file_format or _age_days(path / RECORD) > _UNUSED_DAYS
    except (OSError, DamagedFolderError):
        return True


def _age_days(path: Path) -> float:
    try:
        return (time.time() - path.stat().st_mtime) / _DAY
    except OSError:
        return 0.0


def _host() -> str:
    return re.sub(r"\W", "-", socket.gethostname(), flags=re.ASCII)[:40]


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":  # signal 0 is Ctrl-C there
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's
        return True
    return True
