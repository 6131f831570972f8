"""Notes of what is on its way to another place, so that whoever comes after a death removes it.

An upload in parts that nobody ends stays open, costs its owner money, and is seen by nobody. A
line is written before one is begun, and another with its id.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
from vidclf.remote.s3 import bucket_and_key, call, is_gone, is_s3, pages
from vidclf.remote.storing import storing

SUFFIX = ".uploads"
"""Of the files that hold notes."""
DEAD_AFTER_SECONDS = 24 * 3600
"""An upload of which this machine knows nothing may be another one's, which lives."""
_SAME_MOMENT_SECONDS = 60


class OpenUploads:
    """The notes of one writer.

    Args:
        file: where they are; it need not be there.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, path: RemotePath, what: str = "") -> None:
        """Note an upload to a path: nothing yet, its id, or the hidden name that it has there."""
        line = json.dumps([path.address, what, time.time()])
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def end_noted(file: Path) -> None:
    """End the uploads of a dead writer.

    Raises:
        OSError: the notes cannot be read.
        OutputError: an upload cannot be ended now.
    """
    begun: dict[RemotePath, float] = {}
    for path, what, seconds in _read(file):
        if not what:
            begun[path] = seconds
            continue
        begun.pop(path, None)
        with storing(path):
            _end(path, what)
    for path, seconds in begun.items():  # its writer died before it knew the id

        def is_its(initiated: float, seconds: float = seconds) -> bool:
            return abs(initiated - seconds) < _SAME_MOMENT_SECONDS

        with storing(path):
            _end_some(path, {path.address}, is_its)


def end_upload(path: RemotePath, upload_id: str) -> None:
    """End an upload in parts; nothing where it is no more."""
    try:
        call(path, "abort_multipart_upload", UploadId=upload_id)
    except OSError as exc:
        if not is_gone(exc):
            raise


def _end(path: RemotePath, what: str) -> None:
    if is_s3(path):
        end_upload(path, what)
        return
    with suppress(FileNotFoundError):
        filesystem_of(path).rm_file(what)


def end_old(below: RemotePath, addresses: Container[str]) -> None:
    """End uploads to certain places that were begun a day ago or earlier, as of a lost machine.

    Args:
        below: a folder, or what the names of all begin with.
        addresses: the places.

    Raises:
        OutputError: they cannot be asked for, or not be ended.
    """
    if is_s3(below):
        with storing(below):
            _end_some(below, addresses, lambda begun: time.time() - begun > DEAD_AFTER_SECONDS)


def _end_some(
    below: RemotePath, addresses: Container[str], is_dead: Callable[[float], bool]
) -> None:
    bucket, prefix = bucket_and_key(below)
    for page in pages(below, "list_multipart_uploads", Prefix=prefix):
        for upload in page.get("Uploads") or ():
            path = RemotePath(f"{below.scheme}://{bucket}/{upload['Key']}")
            if path.address in addresses and is_dead(_seconds(upload["Initiated"])):
                end_upload(path, upload["UploadId"])


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _read(file: Path) -> Iterator[tuple[RemotePath, str, float]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        note: Any = None
        with suppress(ValueError):  # cut off by the death of its writer
            note = json.loads(line)
        if isinstance(note, list) and len(note) == 3:
            yield RemotePath(str(note[0])), str(note[1]), float(note[2])
