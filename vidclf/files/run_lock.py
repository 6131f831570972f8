"""A lock for the hidden files of a run, so that the next run removes what a killed one left.

A run that writes into a folder holds a hidden file there, which names the token of its hidden
outputs, under a lock of the kernel's (flock). The lock ends with the process, however that ends. So
a free lock means that nobody writes these outputs any more, and what bears another token, or none,
is not touched. Where locks do not cross a shared disk, another machine's would seem free: the name
tells on which machine, and since which start of it, the lock is held, and others are left alone.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from vidclf.core.run_warnings import get_logger
from vidclf.files.temporary_names import new_token, token_of

logger = get_logger(__name__)

_LOCK_NAME = re.compile(r"\.vidclf\.(?P<token>[0-9a-f]{8})\.(?P<machine>[0-9a-f]{16})\.lock")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLock:
    """The lock of a run in one folder."""

    token: str
    """In the names of all hidden files that the run writes there."""
    path: Path | None
    """The file that is locked; None where the system has no such locks."""
    descriptor: int
    """Its open file; -1 without one."""

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Take a new lock in a folder.

        Raises:
            OSError: no file can be made there.
        """
        while (machine := _machine()) is not None:
            token = new_token()
            path = folder / f".vidclf.{token}.{machine}.lock"
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
            is_locked = _lock(descriptor)
            if is_locked and path.exists():
                return cls(token=token, path=path, descriptor=descriptor)
            os.close(descriptor)
            path.unlink(missing_ok=True)
            if is_locked is None:
                break
        return cls(token=new_token(), path=None, descriptor=-1)

    def release(self) -> None:
        """Give the lock back, after the last hidden file is gone."""
        if self.path is not None:
            with suppress(OSError):  # its folder may be gone, or be read-only by now
                self.path.unlink()
            os.close(self.descriptor)


def remove_abandoned(folder: Path) -> None:
    """Remove the hidden files of runs that were killed on this machine while they wrote there."""
    try:
        names = [name for name in os.listdir(folder) if name.endswith(".lock")]  # noqa: PTH208
    except OSError:  # a folder that others may list alone
        return
    for name in names:
        match = _LOCK_NAME.fullmatch(name)
        if match is not None and match["machine"] == _machine():
            with suppress(OSError):  # another user's
                _remove_unless_held(folder / name, match["token"])


def _remove_unless_held(lock: Path, token: str) -> None:
    descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not _lock(descriptor):
            return
        left = [path for path in lock.parent.iterdir() if token_of(path) == token]
        for path in left:
            path.unlink(missing_ok=True)
        lock.unlink(missing_ok=True)
        logger.info("removed what a run that was killed had left in %s: %d", lock.parent, len(left))
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Whether the file is locked now, and not by another; None where the disk knows no locks."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@cache
def _machine() -> str | None:
    """What tells this machine, since it was started, from others; None where nothing does so.

    The kernel of Linux has an identifier for each start, which copies of a machine do not share.
    """
    try:
        return hashlib.sha256(_BOOT_ID.read_bytes()).hexdigest()[:16]
    except OSError:
        return None
