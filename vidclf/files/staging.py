"""Outputs that appear whole and together, or not at all.

Every output of a clip is written under a hidden temporary name beside its final one, so that the
last step is a rename inside one folder, which POSIX makes atomic. Signals wait while that happens.
Who writes a clip has a claim on it, so that two runs never write one at once, and so that the next
run removes what a process that was killed left under hidden names. Outputs for a bucket are written
in a folder for temporary files (`stand_ins.py`), and sent when they are whole
(`publishing_elsewhere.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from vidclf.core.held_signals import signals_held
from vidclf.errors import OutputBusyError, OutputError, OutputExistsError
from vidclf.files.claim import Claim, claim_path
from vidclf.files.places import Place
from vidclf.files.publishing import StagedFile, publish
from vidclf.files.publishing_elsewhere import FileToSend, Sending
from vidclf.files.stand_ins import make_folder, remove_folder, stand_in
from vidclf.files.temporary_names import temporary_name
from vidclf.files.write_errors import ANOTHER_PLACE, cannot_write, name_is_no_utf8
from vidclf.remote.listing import common_beginning
from vidclf.remote.open_uploads import SUFFIX, OpenUploads
from vidclf.remote.path import RemotePath
from vidclf.remote.storing import sizes_of_outputs

_MOST_RETRIES = 5


def _check_name(final: Place) -> None:
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
        self, *, overwrite: bool | Callable[[], bool] = False, record: Place | None = None
    ) -> None:
        self._overwrite = overwrite
        self._record = record.absolute() if isinstance(record, Path) else record
        self._staged: list[StagedFile] = []
        self._to_send: list[FileToSend] = []
        self._sending: Sending | None = None
        self._made_folders: list[Path] = []
        self._claims: dict[Path, Claim] = {}
        self._listed: dict[tuple[RemotePath, str], Collection[str]] = {}

    def add(self, final: Place) -> Path:
        """Reserve `final` and return the temporary path to write to, with the same suffix.

        Raises:
            OutputExistsError: `final` is there already and may not be replaced.
            OutputBusyError: another run writes it, or what belongs to it.
            OutputError: `final` cannot be written, or was added before.
        """
        if isinstance(final, Path):
            final = final.absolute()
        finals = {file.final for file in self._staged} | {file.final for file in self._to_send}
        if final in finals:
            raise OutputError(f"two outputs would be written to {final}: give them different names")
        _check_name(final)
        near = stand_in(final)
        try:
            self._check_free(final)
            with signals_held():
                return self._reserve(final, near)
        except OSError as exc:
            raise cannot_write(near, exc, remedy=ANOTHER_PLACE) from exc

    def _reserve(self, final: Place, near: Path) -> Path:
        try:
            if near.parent not in self._claims:
                self._claims[near.parent] = self._claim(final, near)
                self._listed.clear()
                self._overwrite = self._may_overwrite()
                self._check_free(final)  # another run may have been done since
            if isinstance(final, RemotePath):
                return self._make_to_send(final, near, self._claims[near.parent])
            _check_length(final)
            return self._make(final, self._claims[near.parent])
        except BaseException:
            if not self._staged and not self._to_send:
                self.discard()
            raise

    def _claim(self, final: Place, near: Path, retries: int = _MOST_RETRIES) -> Claim:
        if isinstance(final, RemotePath):
            make_folder(final)
        else:
            self._make_folder(near.parent)
        record = None if self._record is None else stand_in(self._record)
        try:
            return Claim.take(claim_path(near, record=record))
        except BlockingIOError:
            raise OutputBusyError(
                f"{final} is being written by another run: wait for it, or name another output"
            ) from None
        except FileNotFoundError:  # another run has just removed the folder, which was empty
            if not retries:
                raise
        return self._claim(final, near, retries - 1)

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

    def _make_to_send(self, final: RemotePath, near: Path, claim: Claim) -> Path:
        temporary = temporary_name(near, token=claim.token, number=len(self._to_send) + 1)
        claim.note(temporary, *([] if self._to_send else [_notes_file(near, claim)]))
        temporary.unlink(missing_ok=True)
        temporary.open("xb").close()
        self._to_send.append(FileToSend(final=final, temporary=temporary))
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
            if exc_type is None and self._to_send:
                self._send()  # takes time, and may be interrupted
        except BaseException:
            with signals_held():
                self.discard()
            raise
        with signals_held():
            try:
                if exc_type is None:
                    self._publish()
            finally:
                self.discard()

    def _may_overwrite(self) -> bool:
        return self._overwrite() if callable(self._overwrite) else self._overwrite

    def _check_free(self, final: Place) -> None:
        if final.is_folder_name if isinstance(final, RemotePath) else final.is_dir():
            raise OutputError(f"{final} is a folder: give the output a file name")
        if self._overwrite is False and self._exists(final):
            raise OutputExistsError(f"{final} exists already: give --overwrite to replace it")

    def _exists(self, final: Place) -> bool:
        """Whether it is there; elsewhere one listing tells that of all outputs of a clip."""
        if isinstance(final, Path):
            return os.path.lexists(final)
        names = [final.name, *([] if self._record is None else [self._record.name])]
        prefix = common_beginning(names) or final.name
        if (final.parent, prefix) not in self._listed:
            self._listed[final.parent, prefix] = sizes_of_outputs(final.parent, prefix=prefix)
        return final.name in self._listed[final.parent, prefix]

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            with suppress(FileExistsError):  # another run was faster
                path.mkdir()
                self._made_folders.append(path)

    def _send(self) -> None:
        near = stand_in(self._to_send[0].final)
        notes = OpenUploads(_notes_file(near, self._claims[near.parent]))
        self._sending = Sending(self._to_send, record=self._record, notes=notes)
        self._sending.send()

    def _publish(self) -> None:
        for staged in self._staged:
            self._check_free(staged.final)
        publish(self._staged, record=self._record if isinstance(self._record, Path) else None)
        if self._sending is not None:
            self._sending.publish(replace=bool(self._overwrite))
        self._made_folders.clear()

    def discard(self) -> None:
        """Remove what was written, so that nothing appears at the end."""
        has_leftovers = not self._end_sending()
        hidden = [path for file in self._staged for path in (file.temporary, file.backup)]
        hidden += [file.temporary for file in self._to_send]
        for path in hidden:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                has_leftovers = True
        sent = [file.final for file in self._to_send]
        self._staged.clear()
        self._to_send.clear()
        for claim in self._claims.values():
            claim.release(has_leftovers=has_leftovers)
        self._claims.clear()
        for final in sent:
            remove_folder(final)
        self._remove_folders()

    def _end_sending(self) -> bool:
        """End uploads that did not appear, and remove their notes; whether that could be done."""
        if self._sending is None:
            return True
        near = stand_in(self._to_send[0].final)
        try:
            self._sending.abort()
            _notes_file(near, self._claims[near.parent]).unlink(missing_ok=True)
        except (OutputError, OSError):  # the next run does that
            return False
        self._sending = None
        return True

    def _remove_folders(self) -> None:
        while self._made_folders:
            with suppress(OSError):  # one that got other files stays
                self._made_folders.pop().rmdir()


def _notes_file(near: Path, claim: Claim) -> Path:
    """Where the uploads of a claim are noted: a hidden file of its own, removed like the others."""
    return temporary_name(near.with_name("vidclf" + SUFFIX), token=claim.token)
