"""Outputs that appear whole and together, or not at all.

Every output of a clip is written under a hidden temporary name beside its final one, so that the
last step is a rename inside one folder, which POSIX makes atomic. Signals wait while that happens.
Who writes a clip has a claim on it, so that two runs never write one at once, and so that the next
run removes what a process that was killed left under hidden names.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from vidclf.core.held_signals import signals_held
from vidclf.errors import OutputBusyError, OutputError, OutputExistsError
from vidclf.files.claim import Claim, claim_path
from vidclf.files.publishing import StagedFile, publish
from vidclf.files.temporary_names import temporary_name
from vidclf.files.write_errors import ANOTHER_PLACE, cannot_write, name_is_no_utf8

_MOST_RETRIES = 5


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
        overwrite: Whether outputs that are there already may be replaced. A function is asked once
            no other run writes the clip any more, as one may have just made it.
        record: The output that tells of the others, such as the manifest: it appears first, and
            the claim of the clip is named after it.
    """

    def __init__(
        self, *, overwrite: bool | Callable[[], bool] = False, record: Path | None = None
    ) -> None:
        self._overwrite = overwrite
        self._record = None if record is None else record.absolute()
        self._staged: list[StagedFile] = []
        self._made_folders: list[Path] = []
        self._claims: dict[Path, Claim] = {}

    def add(self, final: Path) -> Path:
        """Reserve `final` and return the temporary path to write to, with the same suffix.

        Raises:
            OutputExistsError: `final` is there already and may not be replaced.
            OutputBusyError: another run writes it, or what belongs to it.
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
            raise cannot_write(final, exc, remedy=ANOTHER_PLACE) from exc

    def _reserve(self, final: Path) -> Path:
        try:
            if final.parent not in self._claims:
                self._claims[final.parent] = self._claim(final)
                self._overwrite = self._may_overwrite()
                self._check_free(final)  # another run may have been done since
            _check_length(final)
            return self._make(final, self._claims[final.parent])
        except BaseException:
            if not self._staged:
                self.discard()
            raise

    def _claim(self, final: Path, retries: int = _MOST_RETRIES) -> Claim:
        self._make_folder(final.parent)
        try:
            return Claim.take(claim_path(final, record=self._record))
        except BlockingIOError:
            raise OutputBusyError(
                f"{final} is being written by another run: wait for it, or name another output"
            ) from None
        except FileNotFoundError:  # another run has just removed the folder, which was empty
            if not retries:
                raise
        return self._claim(final, retries - 1)

    def _make(self, final: Path, claim: Claim) -> Path:
        number = 2 * len(self._staged)
        temporary = temporary_name(final, token=claim.token, number=number)
        backup = temporary_name(final, token=claim.token, number=number + 1)
        claim.note(temporary, backup)
        for path in (temporary, backup):  # of a run whose notes were lost in a power cut
            path.unlink(missing_ok=True)
        temporary.open("xb").close()
        self._staged.append(StagedFile(final=final, temporary=temporary, backup=backup))
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
                self.discard()

    def _may_overwrite(self) -> bool:
        return self._overwrite() if callable(self._overwrite) else self._overwrite

    def _check_free(self, final: Path) -> None:
        if final.is_dir():
            raise OutputError(f"{final} is a folder: give the output a file name")
        if self._overwrite is False and os.path.lexists(final):
            raise OutputExistsError(f"{final} exists already: give --overwrite to replace it")

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            with suppress(FileExistsError):  # another run was faster
                path.mkdir()
                self._made_folders.append(path)

    def _publish(self) -> None:
        for staged in self._staged:
            self._check_free(staged.final)
        publish(self._staged, record=self._record)
        self._made_folders.clear()

    def discard(self) -> None:
        """Remove what was written, so that nothing appears at the end."""
        has_leftovers = False
        for path in [path for file in self._staged for path in (file.temporary, file.backup)]:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                has_leftovers = True
        self._staged.clear()
        for claim in self._claims.values():
            claim.release(has_leftovers=has_leftovers)
        self._claims.clear()
        self._remove_folders()

    def _remove_folders(self) -> None:
        while self._made_folders:
            with suppress(OSError):  # one that got other files stays
                self._made_folders.pop().rmdir()
