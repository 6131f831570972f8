# ruff: noqa: PT012 - leaving a context by an exception from inside it is what is tested
"""Outputs for a bucket: written here, sent when they are whole, the record last."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from helpers.s3_server import S3Server

from vidclf.errors import OutputBusyError, OutputError, OutputExistsError, StorageError
from vidclf.files.places import Place
from vidclf.files.publishing_elsewhere import pending_record
from vidclf.files.staging import Staging
from vidclf.files.stand_ins import stand_in
from vidclf.remote import s3_upload, upload
from vidclf.remote.listing import sizes_in
from vidclf.remote.path import RemotePath
from vidclf.remote.s3 import call
from vidclf.remote.small_files import read_whole
from vidclf.remote.upload import write_small

NAMES = ("dog.mp4", "dog.csv", "dog_manifest.json")


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(params=["s3://lab/staging", "memory://staging"])
def folder(request: pytest.FixtureRequest, s3: S3Server, tmp_path: Path) -> RemotePath:
    return RemotePath(f"{request.param}/{tmp_path.name}")


def stage(folder: RemotePath, text: str, *, overwrite: bool = False) -> None:
    with Staging(overwrite=overwrite, record=folder / NAMES[2]) as staging:
        for name in NAMES:
            staging.add(folder / name).write_text(f"{text} {name}")


def texts(folder: RemotePath) -> dict[str, str]:
    return {name: read_whole(folder / name).decode() for name in sizes_in(folder)}


def test_all_appear_and_nothing_else_is_left(
    folder: RemotePath, own_temporary_folder: Path
) -> None:
    stage(folder, "new")
    assert texts(folder) == {name: f"new {name}" for name in NAMES}
    assert not list(own_temporary_folder.iterdir())


def test_nothing_is_seen_before_the_end_and_nothing_after_an_error(
    folder: RemotePath, own_temporary_folder: Path
) -> None:
    with pytest.raises(KeyboardInterrupt), Staging(record=folder / NAMES[2]) as staging:
        temporary = staging.add(folder / NAMES[0])
        temporary.write_bytes(b"x")
        assert temporary.is_relative_to(own_temporary_folder)
        assert not sizes_in(folder)
        raise KeyboardInterrupt
    assert not sizes_in(folder)
    assert not list(own_temporary_folder.iterdir())


def test_what_is_there_is_refused_or_replaced(folder: RemotePath) -> None:
    stage(folder, "old")
    with pytest.raises(OutputExistsError, match=r"dog\.mp4 exists already: give --overwrite"):
        stage(folder, "new")
    assert texts(folder)["dog.mp4"] == "old dog.mp4"
    stage(folder, "new", overwrite=True)
    assert texts(folder) == {name: f"new {name}" for name in NAMES}


def test_a_file_that_came_up_meanwhile_is_not_replaced(folder: RemotePath) -> None:
    with pytest.raises(OutputExistsError), Staging() as staging:
        staging.add(folder / "a.csv").write_text("mine")
        write_small(folder / "a.csv", b"theirs")
    assert texts(folder) == {"a.csv": "theirs"}


def test_a_folder_is_no_file(s3: S3Server) -> None:
    with pytest.raises(OutputError, match=r"s3://lab/x/ is a folder: give the output a file name"):
        Staging().add(RemotePath("s3://lab/x/"))


def test_two_runs_of_a_machine_never_write_one_clip(folder: RemotePath) -> None:
    with Staging(record=folder / NAMES[2]) as staging:
        staging.add(folder / NAMES[0]).write_text("one")
        with pytest.raises(OutputBusyError, match=r"dog\.csv is being written by another run"):
            Staging(record=folder / NAMES[2]).add(folder / NAMES[1])


class Died(BaseException):
    """Stands for a kill: nothing is done after it."""


@pytest.mark.parametrize("moment", [1, 2, 4, 5])
def test_a_record_never_tells_of_what_is_not_there(
    moment: int, s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each request that changes the bucket the process ends: what does the bucket hold then?"""
    folder = RemotePath(f"s3://lab/moments/{tmp_path.name}")
    stage(folder, "old")
    count = 0

    def dying(path: RemotePath, method: str, **arguments: Any) -> dict[str, Any]:
        nonlocal count
        count += 1
        if count > moment:
            raise Died
        return call(path, method, **arguments)

    with monkeypatch.context() as patch:
        patch.setattr(upload, "call", dying)
        patch.setattr(s3_upload, "call", dying)
        if moment < 6:
            with pytest.raises(Died):
                stage(folder, "new", overwrite=True)
        else:
            stage(folder, "new", overwrite=True)
    found = texts(folder)
    pending = pending_record(folder / NAMES[2]).name
    if record := found.get(NAMES[2]):
        version = record.split()[0]
        assert {found[name] for name in NAMES} == {f"{version} {name}" for name in NAMES}
    else:
        assert found[pending] == f"new {NAMES[2]}"
    stage(folder, "again", overwrite=True)
    assert texts(folder) == {name: f"again {name}" for name in NAMES}


def test_what_was_written_by_then_is_told(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: RemotePath, method: str, **arguments: Any) -> dict[str, Any]:
        if path.name == "dog.csv":
            raise PermissionError
        return call(path, method, **arguments)

    folder = RemotePath(f"s3://lab/midway/{tmp_path.name}")
    monkeypatch.setattr(s3_upload, "call", denied)
    with pytest.raises(StorageError) as caught:
        stage(folder, "new")
    assert str(caught.value).startswith(f"cannot write {folder}/dog.csv: access is denied")
    assert f"written by then: {folder}/dog.mp4, of which no manifest tells" in str(caught.value)
    assert NAMES[2] not in sizes_in(folder)


_KILLED = """
import os, signal, sys
from vidclf.files.staging import Staging
from vidclf.remote.path import RemotePath
from vidclf.remote import s3_upload
s3_upload.PART_BYTES = 5 * 2**20
finish = s3_upload.S3Upload.complete
s3_upload.S3Upload.complete = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
with Staging() as staging:
    staging.add(RemotePath(sys.argv[1])).write_bytes(b"x" * (6 * 2**20))
"""


def test_what_a_killed_run_left_is_removed_by_the_next_one(
    s3: S3Server, own_temporary_folder: Path
) -> None:
    place = RemotePath("s3://lab/killed/a.bin")
    environment = {**os.environ, "TMPDIR": str(own_temporary_folder)}
    subprocess.run([sys.executable, "-c", _KILLED, place.address], env=environment, check=False)
    uploads = call(place.parent, "list_multipart_uploads", Prefix="killed/")["Uploads"]
    assert [upload["Key"] for upload in uploads] == ["killed/a.bin"]
    assert len(list(stand_in(place).parent.iterdir())) == 3  # the lock, the file, the notes
    with Staging() as staging:
        staging.add(place).write_bytes(b"whole")
    assert not call(place.parent, "list_multipart_uploads", Prefix="killed/").get("Uploads")
    assert texts(place.parent) == {"a.bin": "whole"}
    assert not list(own_temporary_folder.iterdir())


def test_another_users_folder_is_not_used(s3: S3Server, own_temporary_folder: Path) -> None:
    place: Place = RemotePath("s3://lab/x/a.csv")
    stand_in(place).parent.parent.symlink_to(own_temporary_folder)
    with pytest.raises(OutputError, match="belongs to another user: set TMPDIR"):
        Staging().add(place)
