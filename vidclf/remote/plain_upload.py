"""A file on its way to whatever else fsspec knows."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from vidclf.errors import OutputExistsError
from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.open_uploads import OpenUploads
from vidclf.remote.path import RemotePath
from vidclf.remote.storing import storing

_SEEN_WHOLE = ("gs", "gcs", "az", "abfs", "abfss", "adl")
"""Stores of objects, where a file is seen when all of it was sent; elsewhere files are renamed."""


class PlainUpload:
    """An upload by fsspec: to a hidden name first, unless the store shows whole files only.

    Args:
        file: what is sent.
        to: where.
        notes: is told of the hidden name before it is there.
    """

    def __init__(self, file: Path, to: RemotePath, notes: OpenUploads) -> None:
        self.to = to
        self._file = file
        self._notes = notes
        self._filesystem = filesystem_of(to)
        self._hidden: RemotePath | None = None

    def send(self) -> None:
        """Send the file to a hidden name."""
        if self.to.scheme in _SEEN_WHOLE:
            return
        hidden = self.to.with_name(f".{self.to.stem[:48]}.{secrets.token_hex(4)}{self.to.suffix}")
        with storing(self.to):
            self._filesystem.makedirs(self.to.parent.address, exist_ok=True)
            self._notes.note(self.to, hidden.address)
            self._hidden = hidden
            self._filesystem.put_file(str(self._file), hidden.address)

    def complete(self, *, replace: bool) -> None:
        """Rename it, or send the file now."""
        with storing(self.to):
            if not replace and self._filesystem.exists(self.to.address):
                raise OutputExistsError(f"{self.to} exists already: give --overwrite to replace it")
            if self._hidden is None:
                self._filesystem.put_file(str(self._file), self.to.address)
            else:
                self._filesystem.mv(self._hidden.address, self.to.address)
        self._hidden = None

    def abort(self) -> None:
        """Remove what has the hidden name."""
        if self._hidden is not None:
            with storing(self.to), suppress(FileNotFoundError):
                self._filesystem.rm_file(self._hidden.address)
            self._hidden = None
