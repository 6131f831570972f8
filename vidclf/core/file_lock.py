"""Locks of open files (flock), which end with the process that has them, however that ends."""

from __future__ import annotations


def lock_file(descriptor: int) -> bool:
    """Lock an open file for this process; False where the system or the disk knows no locks.

    Raises:
        BlockingIOError: another one holds it.
    """
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return False
    return True
