"""Outputs that appear whole and together, or not at all.

Every output of a clip is written under a hidden temporary name beside its final one, so that the
last step is a rename inside one folder, which POSIX makes atomic.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from vidclf.errors import OutputError, OutputExistsError
from vidclf.files.temporary_names import temporary_name
from vidclf.files.write_errors import ANOTHER_PLACE, cannot_write, name_is_no_utf8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staged:
    final: Path
    temporary: Path


def _check_name(final: Path) -> None:
    try:
        str(final).encode()
    except UnicodeEncodeError:
        raise name_is_no_utf8(final) from None


def _check_length(final: Path) -> None:
    """Ask the file system whether it takes the name, which is longer than the temporary one's."""
    with suppress(FileNotFoundError):
        final.lstat()


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
        temporary = temporary_name(final)
        try:
            self._check_free(final)
            self._make_folder(final.parent)
            _check_length(final)
            temporary.open("xb").close()
        except OSError as exc:
            self._remove_folders()
            raise cannot_write(final, exc, remedy=ANOTHER_PLACE) from exc
        self._staged.append(_Staged(final=final, temporary=temporary))
        return temporary

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
        published: list[Path] = []
        try:
            for staged in self._staged:
                is_new = not staged.final.exists()
                staged.temporary.replace(staged.final)
                if is_new:
                    published.append(staged.final)
        except OSError as exc:
            for path in published:
                path.unlink(missing_ok=True)
            raise cannot_write(staged.final, exc, remedy=ANOTHER_PLACE) from exc
        self._made_folders.clear()

    def _discard(self) -> None:
        for staged in self._staged:
            staged.temporary.unlink(missing_ok=True)
        self._staged.clear()
        self._remove_folders()

    def _remove_folders(self) -> None:
        while self._made_folders:
            folder = self._made_folders.pop()
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
