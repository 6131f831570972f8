"""How much memory this machine has left for us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_UNLIMITED_BYTES = 2**62
"""A limit of version 1 that nobody set is the largest multiple of a page below 2^63."""


def memory_available_bytes(root: Path = Path("/")) -> int | None:
    """What can be taken before something is killed or swapped; None where the system tells nothing.

    The kernel's own estimate (`MemAvailable`), or what a limit of the process's control group, or
    of one above it, leaves of it. Files in the page cache can be given back, so they count as free.

    Args:
        root: where `proc` and `sys` lie.
    """
    known = [*_machine(root), *_control_groups(root)]
    return max(0, min(known)) if known else None


def _machine(root: Path) -> Iterator[int]:
    with suppress(OSError):
        for line in (root / "proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                yield int(line.split()[1]) * 1024


def _control_groups(root: Path) -> Iterator[int]:
    """What each limit leaves: version 2 has one tree, version 1 one for memory."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text("utf-8").splitlines():
            _, kinds, path = line.split(":", 2)
            mount = root / "sys/fs/cgroup"
            if not kinds:
                yield from _limits(mount, path, "memory.max", "memory.current", "inactive_file")
            elif "memory" in kinds.split(","):
                names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                yield from _limits(mount / "memory", path, *names)


def _limits(mount: Path, path: str, limit: str, usage: str, cached: str) -> Iterator[int]:
    """What is left in a group and in those above it; in a container only the mount's is seen."""
    group = mount / path.lstrip("/")
    for folder in (group, *group.parents):
        if not folder.is_relative_to(mount):
            return
        with suppress(OSError, ValueError):  # a folder that is not there, or `max`
            most = int((folder / limit).read_text("ascii"))
            if most < _UNLIMITED_BYTES:
                used = int((folder / usage).read_text("ascii"))
                yield most - used + _statistic(folder / "memory.stat", cached)


def _statistic(file: Path, name: str) -> int:
    rows = (line.split() for line in file.read_text("ascii").splitlines())
    return next((int(row[1]) for row in rows if row[0] == name), 0)
