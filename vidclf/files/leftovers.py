"""Notes of hidden files in a lock file, and the removal of those whose writer is dead.

A note is a line with a machine and the name of a hidden file beside the lock file, written before
that file is made. Each begins with the end of the line before it, so that one that was cut off by
the death of its writer spoils no other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from vidclf.core.machine import machine_digest
from vidclf.core.run_warnings import get_logger
from vidclf.errors import VidclfError
from vidclf.files.temporary_names import token_of
from vidclf.remote.open_uploads import SUFFIX, end_noted

logger = get_logger(__name__)

_MOST_BYTES = 2**20
_DEAD_AFTER_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    machine: str | None
    """Whose file it is; None where nothing tells the machine from others."""
    token: str
    """Of the run, as it stands in the name."""
    name: str
    """The hidden file's."""


def write_notes(lock: int, paths: Iterable[Path]) -> None:
    """Note hidden files of this machine in an open lock file.

    Raises:
        OSError: it cannot be written.
    """
    lines = "".join(f"\n{json.dumps([machine_digest(), path.name])}" for path in paths)
    os.write(lock, lines.encode())


def remove_dead(lock: int, folder: Path) -> bool:
    """Remove the hidden files that are noted in a lock file and whose writer is dead.

    Nobody else holds the lock, so all writers of this machine are dead. Those of another one may
    live where locks do not cross a shared disk; they are taken for dead if none of their files was
    written to for a day, by the clock of the disk.

    Args:
        lock: the lock file, open and locked.
        folder: where it lies.

    Returns:
        Whether notes must be kept, as files are left.
    """
    notes = sorted(_read_notes(lock), key=_run_of)
    if not notes:
        return False
    with suppress(OSError):  # another user's file, which is open for reading alone
        os.write(lock, b"\n")
    now = os.fstat(lock).st_mtime
    kept = [_remove_run(list(run), folder, now=now) for _, run in groupby(notes, key=_run_of)]
    return any(kept)


def _read_notes(lock: int) -> list[_Note]:
    lines = os.read(lock, _MOST_BYTES).split(b"\n")
    return [note for line in lines if (note := _note(line)) is not None]


def _note(line: bytes) -> _Note | None:
    """The note in a line; None where it is empty, cut off, or names no hidden file."""
    try:
        machine, name = json.loads(line)
        token = token_of(name)
    except (ValueError, TypeError, RecursionError):
        return None
    return None if token is None else _Note(machine=machine, token=token, name=name)


def _run_of(note: _Note) -> tuple[str, str]:
    return str(note.machine), note.token


def _remove_run(notes: Sequence[_Note], folder: Path, *, now: float) -> bool:
    """Remove the files of one run if it is dead; whether some are left."""
    paths = [folder / note.name for note in notes]
    is_ours = notes[0].machine is not None and notes[0].machine == machine_digest()
    if not is_ours and now - _last_written(paths) <= _DEAD_AFTER_SECONDS:
        return True
    try:
        for path in paths:
            if path.suffix == SUFFIX and path.exists():
                end_noted(path)
            path.unlink(missing_ok=True)
    except (OSError, VidclfError):  # another user's, or a server that cannot be reached
        return True
    logger.info("removed what a run that was killed had left in %s", folder)
    return False


def _last_written(paths: Sequence[Path]) -> float:
    """When one of the files was last written to, in seconds since 1970; 0 where there is none."""
    last = 0.0
    for path in paths:
        with suppress(FileNotFoundError):
            last = max(last, path.lstat().st_mtime)
    return last
