"""Outputs that appear whole and together, or not at all.

Every output of a clip is written under a hidden temporary name beside its final one, so that the
last step is a rename inside one folder, which POSIX makes atomic. Signals wait while that happens,
and what a process that was killed left under hidden names is removed by the next run there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from vidclf.core.held_signals import signals_held
from vidclf.errors import OutputError, OutputExistsError
from vidclf.files.run_lock import RunLock, remove_abandoned
from vidclf.files.temporary_names import temporary_name
from vidclf.files.write_errors import ANOTHER_PLACE, cannot_write, name_is_no_utf8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staged:
    final: Path
    temporary: Path
    backup: Path
    """Another name of the file that is replaced, until all are."""


def _check_name(final: Path) -> None:
    try:
        str(final).encode()
    except UnicodeEncodeError:
        raise name_is_no_utf8(final) from None


def _check_length(final: Path) -> None:
    """Ask the file system whether it takes the name, which is longer than the temporary one's."""
    with suppress(FileNotFoundError):
        final.lstat()


def _way_back(staged: _Staged) -> Callable[[], object]:
    """What undoes the last rename: what is replaced gets a second name until all are renamed."""
    if not os.path.lexists(staged.final):
        return partial(staged.final.unlink, missing_ok=True)
    with suppress(OSError):  # a disk without hard links
        staged.backup.hardlink_to(staged.final)
        return partial(staged.backup.replace, staged.final)
    return lambda: None


class Staging:
    """A context in which the outputs of one clip are written.

    A clean exit renames each temporary file to its final name; all sinks must be closed by then.
    Any exception, an interrupt too, removes the temporary files and the folders made for them.

    Args:
        overwrite: Whether outputs that are there already may be replaced.
    """

    def __init__(self, *, overwrite: bool = False) -> None:
        self._overwrite = overwrite
        self._staged: list[_Staged] = []
        self._made_folders: list[Path] = []
        self._locks: dict[Path, RunLock] = {}

    def add(self, final: Path) -> Path:
        """Reserve `final` and return the temporary path to write to, with the same suffix.

        Raises:
            OutputExistsError: `final` is there already and may not be replaced.
            OutputError: `final` cannot be written, or was added before.
        """
        final = final.absolute()
        if any(final == staged.final for staged in self._staged):
            raise OutputError(f"two outputs would be written to {final}: give them different names")
        _check_name(final)
        try:
            self._check_free(final)
            with signals_held():
                return self._reserve(final)
        except OSError as exc:
            if not self._staged:
                self._discard()
            raise cannot_write(final, exc, remedy=ANOTHER_PLACE) from exc

    def _reserve(self, final: Path) -> Path:
        self._make_folder(final.parent)
        _check_length(final)
        if final.parent not in self._locks:
            remove_abandoned(final.parent)
            self._locks[final.parent] = RunLock.take(final.parent)
        token, number = self._locks[final.parent].token, 2 * len(self._staged)
        temporary = temporary_name(final, token=token, number=number)
        temporary.open("xb").close()
        backup = temporary_name(final, token=token, number=number + 1)
        self._staged.append(_Staged(final=final, temporary=temporary, backup=backup))
        return temporary

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with signals_held():
            try:
                if exc_type is None:
                    self._publish()
            finally:
                self._discard()

    def _check_free(self, final: Path) -> None:
        if final.is_dir():
            raise OutputError(f"{final} is a folder: give the output a file name")
        if not self._overwrite and os.path.lexists(final):
            raise OutputExistsError(f"{final} exists already: give --overwrite to replace it")

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            path.mkdir()
            self._made_folders.append(path)

    def _publish(self) -> None:
        for staged in self._staged:
            self._check_free(staged.final)
        ways_back: list[Callable[[], object]] = []
        try:
            for staged in self._staged:
                way_back = _way_back(staged)
                staged.temporary.replace(staged.final)
                ways_back.append(way_back)
        except OSError as exc:
            for way_back in ways_back:
                way_back()
            raise cannot_write(staged.final, exc, remedy=ANOTHER_PLACE) from exc
        self._made_folders.clear()

    def _discard(self) -> None:
        for staged in self._staged:
            staged.temporary.unlink(missing_ok=True)
            staged.backup.unlink(missing_ok=True)
        self._staged.clear()
        for lock in self._locks.values():
            lock.release()
        self._locks.clear()
        self._remove_folders()

    def _remove_folders(self) -> None:
        while self._made_folders:
            folder = self._made_folders.pop()
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
