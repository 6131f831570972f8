"""How outputs that are whole get to a bucket: each in one step, and the record last.

On a disk the record of a run appears first, as renames follow each other at once
(`publishing.py`). In a bucket a reader may look between two steps, so a record must never tell of
what is not there; and still a run that dies in between must be known again. So the record goes
first under a hidden name, as what is pending, then the outputs, then the record under its own:

1. all that takes time is sent, and is not seen (`vidclf.remote.upload`);
2. the pending record is written;
3. the old record is removed, if there is one, as what it tells of is replaced now;
4. each output appears, replacing an old one in one step;
5. the record appears;
6. the pending one is removed.

Outputs without a record, but with a pending one, are what a run still owes (`batch/resume.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vidclf.errors import OutputExistsError, StorageError, VidclfError
from vidclf.files.places import Place, SomePlace
from vidclf.files.temporary_names import temporary_name
from vidclf.remote.listing import common_beginning
from vidclf.remote.open_uploads import OpenUploads
from vidclf.remote.path import RemotePath
from vidclf.remote.storing import sizes_of_outputs
from vidclf.remote.upload import Upload, open_upload, remove, write_small


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToSend:
    """A whole output on this machine, and where it goes."""

    final: RemotePath
    """Its place."""
    temporary: Path
    """Where it is now."""


def pending_record(record: SomePlace) -> SomePlace:
    """The hidden name of a record whose outputs are on their way, always the same for it."""
    digest = hashlib.sha256(record.name.encode("utf-8", "surrogatepass")).hexdigest()
    return temporary_name(record, token=digest[:8])


class Sending:
    """Outputs of one clip on their way.

    Args:
        files: whole ones.
        record: the place of the one that tells of the others, if there is such a one.
        notes: is told of uploads before they are begun.
    """

    def __init__(
        self, files: Sequence[FileToSend], *, record: Place | None, notes: OpenUploads
    ) -> None:
        self._record = next((file for file in files if file.final == record), None)
        self._uploads = [
            open_upload(file.temporary, file.final, notes)
            for file in files
            if file is not self._record
        ]
        self._last = (
            None
            if self._record is None
            else open_upload(self._record.temporary, self._record.final, notes)
        )
        self._done: list[RemotePath] = []

    def send(self) -> None:
        """Send what takes time; nothing is seen of it.

        Raises:
            OutputError: it cannot be sent.
        """
        for upload in self._all:
            upload.send()

    def publish(self, *, replace: bool) -> None:
        """Let all appear, the record last.

        Args:
            replace: whether what is there may be replaced.

        Raises:
            OutputExistsError: something is there, and may not be replaced.
            OutputError: something cannot be written; the message says what is there by then.
        """
        there = self._there()
        if there and not replace:
            raise OutputExistsError(f"{there[0]} exists already: give --overwrite to replace it")
        pending = None
        if self._record is not None:
            pending = pending_record(self._record.final)
            write_small(pending, self._record.temporary.read_bytes())
            if self._record.final in there:
                remove(self._record.final)
        try:
            for upload in self._all:
                upload.complete(replace=replace)
                self._done.append(upload.to)
        except VidclfError as exc:
            raise self._told(exc) from exc.__cause__
        if pending is not None:
            remove(pending)

    def abort(self) -> None:
        """Leave nothing of what was sent and did not appear; what cannot be removed stays noted.

        Raises:
            OutputError: it cannot be removed now.
        """
        for upload in self._all:
            upload.abort()

    @property
    def _all(self) -> list[Upload]:
        return [*self._uploads, *([] if self._last is None else [self._last])]

    def _there(self) -> list[RemotePath]:
        """What is there of the files, by a listing of each folder."""
        finals = [upload.to for upload in self._all]
        names = {folder: _names_in(folder, finals) for folder in {file.parent for file in finals}}
        return [final for final in finals if final.name in names[final.parent]]

    def _told(self, exc: VidclfError) -> VidclfError:
        if not self._done or not isinstance(exc, StorageError):
            return exc
        there = ", ".join(map(str, self._done))
        untold = "" if self._record is None else ", of which no manifest tells"
        return StorageError(
            f"{exc}; written by then: {there}{untold}; the same command again makes all"
        )


def _names_in(folder: RemotePath, files: Sequence[RemotePath]) -> set[str]:
    names = [file.name for file in files if file.parent == folder]
    return set(sizes_of_outputs(folder, prefix=common_beginning(names)))
