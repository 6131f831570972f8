"""Files of a bucket, read from a real S3 server."""

from __future__ import annotations

from helpers.s3_server import S3Server

from vidclf.remote.path import RemotePath
from vidclf.remote.reading import local_copy, remote_exists, remote_info
from vidclf.remote.upload import write_small


def test_what_lies_in_a_bucket_is_read_as_it_is(s3: S3Server) -> None:
    place = RemotePath("s3://lab/reading/notes.txt")
    assert not remote_exists(place)
    write_small(place, b"seen whole")
    assert remote_info(place).size_bytes == 10
    with local_copy(place) as copy:
        assert (copy.name, copy.read_bytes()) == ("notes.txt", b"seen whole")
