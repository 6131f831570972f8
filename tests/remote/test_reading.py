"""Files of a bucket, read from a real S3 server."""

from __future__ import annotations

from pathlib import Path

from helpers.s3_server import S3Server

from vidclf.remote.path import RemotePath
from vidclf.remote.reading import local_copy, remote_exists, remote_info
from vidclf.remote.upload import upload


def test_what_was_uploaded_is_there_as_it_was(s3: S3Server, tmp_path: Path) -> None:
    place = RemotePath("s3://lab/reading/notes.txt")
    file = tmp_path / "notes.txt"
    file.write_bytes(b"seen whole")
    assert not remote_exists(place)
    upload(file, place)
    assert remote_info(place).size_bytes == 10
    with local_copy(place) as copy:
        assert (copy.name, copy.read_bytes()) == ("notes.txt", b"seen whole")
