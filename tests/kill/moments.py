"""The moments at which something is killed: by the clock, or by what happens in a folder."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

Change = Literal["made", "named", "removed"]
_MASKS: dict[Change, int] = {"made": 0x100, "named": 0x80, "removed": 0x200}
"""IN_CREATE, IN_MOVED_TO and IN_DELETE of <sys/inotify.h>."""
_EVENT = struct.Struct("iIII")
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When to strike."""

    share: float | None = None
    """So far in the time that an undisturbed run takes; None for a change on the disk."""
    change: Change = "named"
    """Which changes in the output folder count."""
    number: int = 1
    """The how manieth of them."""
    later_seconds: float = 0.0
    """So long after it."""

    def __str__(self) -> str:
        if self.share is not None:
            return f"after {self.share:.0%} of the time"
        return f"{self.later_seconds * 1000:.1f} ms after file {self.number} was {self.change}"

    def wait(self, folder: Path, *, seconds: float, has_ended: Callable[[], bool]) -> None:
        """Return at the moment, or when the run has ended.

        Args:
            folder: the output folder; it is there.
            seconds: what an undisturbed run takes.
            has_ended: whether the run has.
        """
        if self.share is not None:
            time.sleep(self.share * seconds)
            return
        with FolderWatch(folder, self.change) as watch:
            count = 0
            while count < self.number and not has_ended():
                count += watch.changes(_LOOK_SECONDS)
        time.sleep(self.later_seconds)


class FolderWatch:
    """Is told by the system of changes in a folder."""

    def __init__(self, folder: Path, change: Change) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor: int = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        if libc.inotify_add_watch(self._descriptor, os.fsencode(folder), _MASKS[change]) < 0:
            raise OSError(ctypes.get_errno(), f"cannot watch {folder}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def changes(self, seconds: float) -> int:
        """How many there were, waiting so long for the first."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return 0
        content, count = os.read(self._descriptor, 2**16), 0
        while content:
            content = content[_EVENT.size + _EVENT.unpack_from(content)[3] :]
            count += 1
        return count
