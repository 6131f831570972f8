"""The claim of a clip: who holds it is the only one that writes the clip's outputs in a folder.

A claim is a lock of the kernel's (flock) on a hidden file whose name is always the same for the
same outputs. It ends with the process, however that ends, so a free one means that nobody writes
these outputs any more. What a dead holder left is noted in the file, and removed by the next one.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from vidclf.core.file_lock import lock_file
from vidclf.core.held_signals import signals_held
from vidclf.core.machine import machine_digest
from vidclf.files.leftovers import remove_dead, write_notes
from vidclf.files.places import Place
from vidclf.files.stand_ins import stand_in
from vidclf.files.temporary_names import claim_name, new_token, token_for

_TO_WRITE = os.O_RDWR | os.O_APPEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The claim of a clip's outputs in one folder."""

    token: str
    """In the names of all hidden files that its holder writes there. It is that of the lock file
    on this machine, so that one whose notes were lost in a power cut names them still."""
    path: Path | None
    """The file that is locked; None where the system or the disk has no such locks."""
    descriptor: int
    """Its open file; -1 without one."""
    has_other_notes: bool
    """Whether it tells of files of another machine, whose writer may live."""

    @classmethod
    def take(cls, path: Path) -> Self:
        """Take the claim whose lock file is `path`, and remove what a dead holder left.

        Raises:
            BlockingIOError: another one holds it.
            OSError: the file cannot be made.
        """
        try:
            descriptor = _hold(path, _TO_WRITE | os.O_CREAT)
        except PermissionError:
            _remove_abandoned(path, os.O_RDONLY)  # another user's
            descriptor = _hold(path, _TO_WRITE | os.O_CREAT)
        if descriptor is None:
            return cls(token=new_token(), path=None, descriptor=-1, has_other_notes=False)
        with ExitStack() as on_failure:
            on_failure.callback(os.close, descriptor)
            token = token_for(machine_digest(), os.fstat(descriptor).st_ino)
            has_other_notes = remove_dead(descriptor, path.parent)
            on_failure.pop_all()
        return cls(token=token, path=path, descriptor=descriptor, has_other_notes=has_other_notes)

    def note(self, *paths: Path) -> None:
        """Note hidden files before they are made.

        Raises:
            OSError: the disk is full, say.
        """
        if self.path is not None:
            write_notes(self.descriptor, paths)

    def release(self, *, has_leftovers: bool = False) -> None:
        """Give the claim back, after the last hidden file is gone.

        Args:
            has_leftovers: whether one could not be removed, and is left to the next holder.
        """
        if self.path is None:
            return
        if not has_leftovers and not self.has_other_notes:
            with suppress(OSError):  # its folder may be gone, or be read-only by now
                self.path.unlink()
        os.close(self.descriptor)


def claim_path(final: Path, *, record: Path | None) -> Path:
    """The lock file for an output: it bears the record's name if that lies in the same folder.

    Args:
        final: the first output in its folder.
        record: what tells of all outputs and is made with any of them, such as the manifest.
    """
    is_beside = record is not None and record.parent == final.parent
    return claim_name(record if record is not None and is_beside else final)


def remove_leftovers(outputs: Iterable[Place], *, record: Place | None = None) -> None:
    """Remove what a process that died left of outputs; nothing if another one writes them now.

    Args:
        outputs: all that it wrote, in the order in which it added them to its `Staging`.
        record: as its `Staging` was told.
    """
    near_record = None if record is None else stand_in(record)
    first_outputs: dict[Path, Path] = {}
    for near in map(stand_in, outputs):
        first_outputs.setdefault(near.parent, near)
    for near in first_outputs.values():
        path = claim_path(near, record=near_record)
        if not os.path.lexists(path):  # as nearly always: this is asked of each clip of a folder
            continue
        with signals_held(), suppress(OSError):  # what cannot be removed stays
            _remove_abandoned(path, _TO_WRITE)


def _remove_abandoned(path: Path, flags: int) -> None:
    """Remove what a dead holder left, and its lock file, if there is one.

    Raises:
        BlockingIOError: its holder lives.
        OSError: the lock file cannot be opened or removed.
    """
    try:
        descriptor = _hold(path, flags)
    except FileNotFoundError:
        return
    if descriptor is not None:
        with ExitStack() as stack:
            stack.callback(os.close, descriptor)
            if not remove_dead(descriptor, path.parent):
                path.unlink(missing_ok=True)


def _hold(path: Path, flags: int) -> int | None:
    """Open and lock a file that is still at its path then; None where there are no locks.

    Raises:
        BlockingIOError: another one holds the lock.
        OSError: the file cannot be opened, or something else lies there.
    """
    if os.name != "posix":
        return None
    while True:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        with ExitStack() as on_failure:
            on_failure.callback(os.close, descriptor)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileExistsError(errno.EEXIST, f"the lock file {path.name} is no file")
            if not lock_file(descriptor):
                if not os.fstat(descriptor).st_size:
                    path.unlink(missing_ok=True)
                return None
            if _lies_at(path, descriptor):
                on_failure.pop_all()
                return descriptor


def _lies_at(path: Path, descriptor: int) -> bool:
    """Whether a file was not removed, or replaced, between its opening and its locking."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
