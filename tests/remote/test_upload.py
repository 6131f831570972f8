"""Files that are sent to a bucket: seen whole or not at all, with nothing left open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.s3_server import S3Server

from vidclf.core.file_digest import file_digest
from vidclf.errors import OutputExistsError, StorageError
from vidclf.remote import open_uploads, s3_upload
from vidclf.remote.digest import remote_digest
from vidclf.remote.listing import sizes_in
from vidclf.remote.open_uploads import OpenUploads, end_noted, end_old
from vidclf.remote.path import RemotePath
from vidclf.remote.s3 import call, pages
from vidclf.remote.s3_upload import PART_BYTES
from vidclf.remote.small_files import read_whole
from vidclf.remote.upload import check_writable, open_upload, remove, write_small

MEMORY = "memory://uploads"


def open_at(folder: str) -> list[str]:
    """The keys of open uploads below a folder of the bucket."""
    answers = pages(RemotePath(f"s3://lab/{folder}"), "list_multipart_uploads", Prefix=folder)
    return [upload["Key"] for page in answers for upload in page.get("Uploads") or ()]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of three parts, no two of which are alike."""
    file = tmp_path / "large.bin"
    file.write_bytes(b"a" * PART_BYTES + b"b" * PART_BYTES + b"end")
    return file


@pytest.fixture
def notes(tmp_path: Path) -> OpenUploads:
    return OpenUploads(tmp_path / "notes")


@pytest.fixture(params=["s3://lab/uploads", MEMORY])
def folder(request: pytest.FixtureRequest, s3: S3Server) -> Iterator[RemotePath]:
    yield RemotePath(request.param)
    for name in ("large.bin", "small.txt"):
        remove(RemotePath(request.param) / name)


def test_a_file_is_not_seen_before_it_is_completed(
    folder: RemotePath, large: Path, notes: OpenUploads
) -> None:
    upload = open_upload(large, folder / "large.bin", notes)
    upload.send()
    with pytest.raises(Exception, match="no such file"):
        read_whole(upload.to)
    upload.complete(replace=False)
    assert read_whole(upload.to) == large.read_bytes()
    assert remote_digest(upload.to) == file_digest(large)


def test_what_is_there_stays_until_the_new_one_is_whole(
    folder: RemotePath, large: Path, notes: OpenUploads
) -> None:
    write_small(folder / "large.bin", b"old")
    upload = open_upload(large, folder / "large.bin", notes)
    upload.send()
    assert read_whole(upload.to) == b"old"
    upload.complete(replace=True)
    assert read_whole(upload.to) == large.read_bytes()


def test_of_an_upload_that_is_given_up_nothing_is_left(
    s3: S3Server, large: Path, notes: OpenUploads
) -> None:
    upload = open_upload(large, RemotePath("s3://lab/given_up/large.bin"), notes)
    upload.send()
    assert open_at("given_up/") == ["given_up/large.bin"]
    upload.abort()
    assert not open_at("given_up/")
    assert not sizes_in(RemotePath("s3://lab/given_up"))


def test_an_interrupt_between_parts_leaves_nothing_on_its_way(
    s3: S3Server, large: Path, notes: OpenUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: RemotePath, method: str, **arguments: Any) -> dict[str, Any]:
        if arguments.get("PartNumber") == 2:
            raise KeyboardInterrupt
        return call(path, method, **arguments)

    upload = open_upload(large, RemotePath("s3://lab/interrupted/large.bin"), notes)
    with monkeypatch.context() as patch:
        patch.setattr(s3_upload, "call", interrupted)
        with pytest.raises(KeyboardInterrupt):
            upload.send()
    upload.abort()
    assert not open_at("interrupted/")


def test_an_upload_that_somebody_ended_is_begun_anew(
    s3: S3Server, large: Path, notes: OpenUploads
) -> None:
    upload = open_upload(large, RemotePath("s3://lab/anew/large.bin"), notes)
    upload.send()
    end_noted(large.with_name("notes"))
    assert not open_at("anew/")
    upload.complete(replace=False)
    assert read_whole(upload.to) == large.read_bytes()


def test_notes_end_the_uploads_of_the_dead_and_no_others(
    s3: S3Server, large: Path, notes: OpenUploads, tmp_path: Path
) -> None:
    place = RemotePath("s3://lab/dead/large.bin")
    living = open_upload(large, place, OpenUploads(tmp_path / "others"))
    living.send()
    open_upload(large, place, notes).send()
    with (tmp_path / "notes").open("a") as file:
        file.write('["s3://lab/dea')  # torn by its writer's death
    end_noted(tmp_path / "notes")
    assert open_at("dead/") == ["dead/large.bin"]
    living.complete(replace=False)
    assert read_whole(place) == large.read_bytes()


def test_an_upload_whose_id_its_dead_writer_never_knew_is_ended(
    s3: S3Server, notes: OpenUploads, tmp_path: Path
) -> None:
    place = RemotePath("s3://lab/unknown/a.mp4")
    notes.note(place)
    call(place, "create_multipart_upload")
    call(RemotePath("s3://lab/unknown/a.mp4.other"), "create_multipart_upload")
    end_noted(tmp_path / "notes")
    assert open_at("unknown/") == ["unknown/a.mp4.other"]


def test_uploads_of_lost_machines_are_ended_after_a_day(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, other = RemotePath("s3://lab/lost/a.mp4"), RemotePath("s3://lab/lost/b.mp4")
    for path in (place, other):
        call(path, "create_multipart_upload")
    end_old(place.parent, {place.address})
    assert len(open_at("lost/")) == 2
    later = time.time() + open_uploads.DEAD_AFTER_SECONDS + 1
    monkeypatch.setattr(open_uploads.time, "time", lambda: later)
    end_old(place.parent, {place.address})
    assert open_at("lost/") == ["lost/b.mp4"]


def test_a_hidden_name_of_the_dead_is_removed(large: Path, notes: OpenUploads) -> None:
    upload = open_upload(large, RemotePath(f"{MEMORY}/dead/large.bin"), notes)
    upload.send()
    end_noted(large.with_name("notes"))
    with pytest.raises(StorageError):
        upload.complete(replace=True)


def test_where_the_server_refuses_by_a_condition_nothing_is_replaced(
    s3: S3Server, tmp_path: Path, notes: OpenUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import ClientError

    def refused(path: RemotePath, method: str, **arguments: Any) -> dict[str, Any]:
        assert arguments["IfNoneMatch"] == "*"
        answer = {"Error": {"Code": "PreconditionFailed"}}
        raise OSError from ClientError(answer, method)  # type: ignore[arg-type]

    file = tmp_path / "small.txt"
    file.write_bytes(b"mine")
    monkeypatch.setattr(s3_upload, "call", refused)
    with pytest.raises(OutputExistsError, match=r"s3://lab/a/small\.txt exists already"):
        open_upload(file, RemotePath("s3://lab/a/small.txt"), notes).complete(replace=False)


def test_a_bucket_that_is_not_there_is_found_out_at_once(s3: S3Server) -> None:
    with pytest.raises(StorageError, match="cannot write s3://nowhere/results"):
        check_writable(RemotePath("s3://nowhere/results"))


def test_a_look_whether_one_may_write_leaves_nothing(s3: S3Server) -> None:
    check_writable(RemotePath("s3://lab/checked"))
    assert not open_at("checked")
    assert not sizes_in(RemotePath("s3://lab/checked"))
