"""How outputs that are whole get their final names: all of them or none.

A process can be killed between two renames. So the record of a run, which tells of all its files,
gets its name first, and what it replaces goes before: then an old file never stands beside a new
record, and one that lacks a file shows that its clip is not whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vidclf.files.write_errors import ANOTHER_PLACE, cannot_write


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """An output that is written under a hidden name."""

    final: Path
    """Its own name."""
    temporary: Path
    """The hidden one."""
    backup: Path
    """Another hidden name, for the file that is replaced, until all are."""


def publish(files: Sequence[StagedFile], *, record: Path | None) -> None:
    """Give all files their final names; after an error all is as it was before.

    Args:
        files: whole ones.
        record: the final name of the one that tells of the others, if there is such a one.

    Raises:
        OutputError: a file cannot be renamed.
    """
    records = [file for file in files if file.final == record]
    others = [file for file in files if file.final != record]
    ways_back: list[Callable[[], object]] = []
    try:
        for file in others if records else []:
            if os.path.lexists(file.final):
                file.final.replace(file.backup)
                ways_back.append(partial(file.backup.replace, file.final))
        for file in [*records, *others]:
            _rename(file, ways_back, is_alone=len(files) == 1)
    except OSError as exc:
        for way_back in reversed(ways_back):
            with suppress(OSError):
                way_back()
        raise cannot_write(file.final, exc, remedy=ANOTHER_PLACE) from exc


def _rename(file: StagedFile, ways_back: list[Callable[[], object]], *, is_alone: bool) -> None:
    """Rename a file, and note what undoes it; a file alone needs no way back."""
    is_replaced = os.path.lexists(file.final)
    if is_replaced and not is_alone:
        _keep_old(file)
        ways_back.append(partial(file.backup.replace, file.final))
    file.temporary.replace(file.final)
    if not is_replaced:
        ways_back.append(partial(file.final.unlink, missing_ok=True))


def _keep_old(file: StagedFile) -> None:
    """Give the file that is replaced its second name."""
    try:
        file.backup.hardlink_to(file.final)
    except OSError:  # a disk without hard links
        file.final.replace(file.backup)
