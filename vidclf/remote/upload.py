"""Files that appear elsewhere whole or not at all.

An upload has two steps, so that several files can appear nearly at once: what takes time is sent
first and is not seen, then each file gets its name in one request.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.open_uploads import OpenUploads, end_upload
from vidclf.remote.path import RemotePath
from vidclf.remote.s3 import call, is_s3
from vidclf.remote.storing import storing

_WRITE_CHECK = ".vidclf_write_check"


class Upload(Protocol):
    """A local file on its way to a place elsewhere."""

    to: RemotePath
    """The place."""

    def send(self) -> None:
        """Send what can be sent before the file is seen.

        Raises:
            OutputError: it cannot be written.
        """
        ...

    def complete(self, *, replace: bool) -> None:
        """Let the file appear in one step, in place of what is there.

        Args:
            replace: whether something may be there; else servers that know conditions refuse.

        Raises:
            OutputExistsError: something is there and may not be replaced.
            OutputError: it cannot be written; then what was there before still is.
        """
        ...

    def abort(self) -> None:
        """Leave nothing of what was sent; what cannot be removed now stays noted.

        Raises:
            OutputError: it cannot be removed now.
        """
        ...


def open_upload(file: Path, to: RemotePath, notes: OpenUploads) -> Upload:
    """An upload of a file; nothing is sent yet."""
    if is_s3(to):
        from vidclf.remote.s3_upload import S3Upload

        return S3Upload(file, to, notes)
    from vidclf.remote.plain_upload import PlainUpload

    return PlainUpload(file, to, notes)


def write_small(to: RemotePath, content: bytes) -> None:
    """Write a few bytes in one step.

    Raises:
        OutputError: it cannot be written.
    """
    with storing(to):
        if is_s3(to):
            call(to, "put_object", Body=content)
        else:
            filesystem_of(to).makedirs(to.parent.address, exist_ok=True)
            filesystem_of(to).pipe_file(to.address, content)


def remove(path: RemotePath) -> None:
    """Remove a file; nothing where there is none.

    Raises:
        OutputError: it cannot be removed.
    """
    with storing(path):
        if is_s3(path):
            call(path, "delete_object")
            return
        try:
            filesystem_of(path).rm_file(path.address)
        except FileNotFoundError:
            return


def check_writable(folder: RemotePath) -> None:
    """See that files can be written in a folder, before much is computed for them.

    Nothing appears there: on S3 an upload is begun and ended, elsewhere nothing is asked.

    Raises:
        StorageError: they cannot be.
    """
    if is_s3(folder):
        probe = folder / _WRITE_CHECK
        with storing(folder):
            begun = call(probe, "create_multipart_upload")
            end_upload(probe, begun["UploadId"])
