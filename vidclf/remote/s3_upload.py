"""A file on its way to an S3 bucket: in parts, seen when all are there."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from vidclf.core.held_signals import signals_held
from vidclf.core.run_warnings import get_logger
from vidclf.errors import OutputExistsError
from vidclf.remote.open_uploads import OpenUploads, end_upload
from vidclf.remote.path import RemotePath
from vidclf.remote.s3 import call, error_code, is_gone, is_refused
from vidclf.remote.storing import storing

logger = get_logger(__name__)

PART_BYTES = 8 * 2**20
"""Files up to this size go in one request; S3 takes parts from 5 MiB."""
PARTS_AT_ONCE = 4
_MOST_PARTS = 10_000
_MOST_TRIES = 3
_MIB = 2**20


class S3Upload:
    """An upload in parts (S3's multipart upload), or of a small file in one request.

    Args:
        file: what is sent.
        to: where.
        notes: is told of the upload before it is begun.
    """

    def __init__(self, file: Path, to: RemotePath, notes: OpenUploads) -> None:
        self.to = to
        self._file = file
        self._notes = notes
        self._id = ""
        self._parts: list[dict[str, Any]] = []

    def send(self) -> None:
        """Send all parts; a file of one part waits for `complete`."""
        if (size := self._file.stat().st_size) <= PART_BYTES:
            return
        with storing(self.to):
            for tries_left in reversed(range(_MOST_TRIES)):
                try:
                    self._send_parts(size)
                except OSError as exc:
                    if not is_gone(exc) or not tries_left:
                        raise
                    logger.info("%s: the upload was ended by someone, and is begun anew", self.to)
                else:
                    return

    def complete(self, *, replace: bool) -> None:
        """Have the parts put together, or send the one request."""
        with storing(self.to):
            try:
                self._finish(replace=replace)
            except OSError as exc:
                if is_refused(exc):
                    raise OutputExistsError(
                        f"{self.to} exists already: give --overwrite to replace it"
                    ) from exc
                if error_code(exc) == "NotImplemented" and not replace:
                    self._finish(replace=True)  # a server that knows no conditions, and says so
                elif self._id and is_gone(exc):  # ended by someone, or its answer was lost
                    self._send_parts(self._file.stat().st_size)
                    self._finish(replace=True)
                else:
                    raise
        self._id = ""

    def abort(self) -> None:
        """End the upload in parts."""
        if self._id:
            with storing(self.to):
                end_upload(self.to, self._id)
            self._id = ""

    def _finish(self, *, replace: bool) -> None:
        condition = {} if replace else {"IfNoneMatch": "*"}
        if not self._id:
            call(self.to, "put_object", Body=self._file.read_bytes(), **condition)
            return
        call(
            self.to,
            "complete_multipart_upload",
            UploadId=self._id,
            MultipartUpload={"Parts": self._parts},
            **condition,
        )

    def _send_parts(self, size: int) -> None:
        with signals_held():  # one that is begun must be known, to be ended
            self._notes.note(self.to)
            self._id = call(self.to, "create_multipart_upload")["UploadId"]
            self._notes.note(self.to, self._id)
        length = max(PART_BYTES, -(-size // _MOST_PARTS // _MIB) * _MIB)
        with ThreadPoolExecutor(PARTS_AT_ONCE, thread_name_prefix="vidclf-upload") as pool:
            sent: list[Future[dict[str, Any]]] = [
                pool.submit(self._send_part, number, start, length)
                for number, start in enumerate(range(0, size, length), start=1)
            ]
            try:
                parts = [future.result() for future in as_completed(sent)]
            except BaseException:  # an upload is ended well when nothing is on its way any more
                pool.shutdown(cancel_futures=True)
                raise
        self._parts = sorted(parts, key=lambda part: part["PartNumber"])

    def _send_part(self, number: int, start: int, length: int) -> dict[str, Any]:
        with self._file.open("rb") as file:
            file.seek(start)
            content = file.read(length)
        answer = call(self.to, "upload_part", UploadId=self._id, PartNumber=number, Body=content)
        return {"PartNumber": number, "ETag": answer["ETag"]}
