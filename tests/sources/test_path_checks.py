"""What is refused before it is opened, because opening it would hang or fail without a reason."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip

from vidclf.errors import SourceError
from vidclf.sources import open_source

NAMES = ["clip.mp4", "clip.png"]


@pytest.mark.parametrize("name", NAMES)
def test_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(SourceError, match=r"is a pipe, where a file .*save it to a file first$"):
        open_source(tmp_path / name)


@pytest.mark.parametrize("name", NAMES)
def test_device_behind_a_link_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(SourceError, match="is a device, where a file is wanted"):
        open_source(tmp_path / name)


def test_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's whole path has some 100 bytes at most
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("clip.mp4")
        with pytest.raises(SourceError, match="is a socket, where a file is wanted"):
            open_source("clip.mp4")


@pytest.mark.parametrize("name", [*NAMES, "clip_%03d.png"])
def test_link_to_nothing_is_told_with_its_target(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("gone.bin")
    with pytest.raises(SourceError, match=r"is a link to gone\.bin, which is not there"):
        open_source(tmp_path / name)


def test_links_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("b.mp4")
    (tmp_path / "b.mp4").symlink_to("a.mp4")
    with pytest.raises(SourceError, match=r"is a link to b\.mp4 and leads nowhere"):
        open_source(tmp_path / "a.mp4")


def test_link_to_a_clip_is_read(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", ClipSpec(frames=3))
    (tmp_path / "link.mp4").symlink_to("clip.mp4")
    with open_source(tmp_path / "link.mp4") as source:
        assert len(list(source.frames())) == 3


@pytest.mark.parametrize("name", ["x" * 300 + ".mp4", "x" * 300 + "%d.png", "a\0b.mp4"])
def test_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"check the"):
        open_source(tmp_path / name)


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode elsewhere")
@pytest.mark.parametrize("name", [b"caf\xe9.mp4", b"caf\xe9.png", b"caf\xe9"])
def test_name_that_is_not_utf8_asks_for_another(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.mkdir()
    with pytest.raises(SourceError, match="not UTF-8; rename it") as refused:
        open_source(path)
    assert str(refused.value).encode()


def test_name_in_a_folder_that_is_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not UTF-8; rename it"):
        open_source(tmp_path / os.fsdecode(b"caf\xe9") / "clip.mp4")
