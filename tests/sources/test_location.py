"""What a user names as a clip, and what is asked of it."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import pytest

from vidclf.core.file_digest import file_digest
from vidclf.errors import SourceError
from vidclf.sources.location import ClipLocation

SIGNED = "https://me:secret@host/clips/a.mp4?signature=secret"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with a clip in it."""
    monkeypatch.chdir(tmp_path)
    Path("clip.mp4").write_bytes(b"clip")


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("clip.mp4", "file"),
        (Path("clip.mp4"), "file"),
        ("gone.mp4", "file"),
        ("", "file"),
        ("a\0b.mp4", "file"),
        ("C:\\x.mp4", "file"),
        ("C:/x.mp4", "file"),
        ("C://x.mp4", "file"),
        (".", "folder"),
        ("frame_%05d.png", "pattern"),
        ("shots/%d.png", "pattern"),
        ("50%.mp4", "file"),
        ("50%d/clip.mp4", "file"),
        ("https://host/a.mp4", "url"),
        ("https://host/frame_%05d.png", "url"),
        ("s3://bucket/folder/", "url"),
        ("rtsp://host/live", "stream"),
        ("https://host/live/a.m3u8?key=1", "stream"),
        ("camera:0", "camera"),
        ("-", "stdin"),
        (Path("-"), "file"),
    ],
)
def test_kinds(named: str | Path, kind: str) -> None:
    assert ClipLocation.of(named).kind == kind


@pytest.mark.parametrize("name", ["frame_%05d.png", "https://host/a.mp4", "camera:0"])
def test_a_file_of_such_a_name_is_a_file(name: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(b"clip")
    location = ClipLocation.of(name)
    assert (location.kind, str(location), location.path) == ("file", name, Path(name))


@pytest.mark.parametrize("name", ["frames_%05d", "https://host/a", "camera:0"])
def test_a_folder_of_such_a_name_is_a_folder(name: str) -> None:
    Path(name).mkdir(parents=True)
    assert ClipLocation.of(name).kind == "folder"


def test_what_is_one_already_stays_the_same() -> None:
    location = ClipLocation.of("camera:0")
    Path("camera:0").touch()
    assert ClipLocation.of(location) is location


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ClipLocation.of("clip.mp4").text = "other.mp4"  # type: ignore[misc]


def test_it_goes_to_another_process() -> None:
    location = ClipLocation.of(SIGNED)
    assert pickle.loads(pickle.dumps(location)) == location


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ("clip.mp4", "clip.mp4"),
        ("some/where/gone.mp4", "gone.mp4"),
        ("shots/frame_%05d.png", "frame_%05d.png"),
        (SIGNED, "a.mp4"),
        ("https://host/o/clips%2Fa%20b.mp4?alt=media", "a b.mp4"),
        ("https://host/up/%2E%2E%2Fa.mp4", "a.mp4"),
        ("s3://bucket/shots/", "shots"),
        ("https://host/", "host"),
        ("rtsp://admin:secret@host/live/1", "1"),
        ("camera:0", "camera_0"),
        ("-", "stdin"),
    ],
)
def test_names(named: str, name: str) -> None:
    assert ClipLocation.of(named).name == name


def test_a_folder_is_called_as_it_is_on_the_disk(tmp_path: Path) -> None:
    assert ClipLocation.of(".").name == tmp_path.name


def test_text_is_kept_as_it_was_named() -> None:
    assert ClipLocation.of("./clip.mp4").text == str(ClipLocation.of("./clip.mp4")) == "./clip.mp4"


@pytest.mark.parametrize("shown", [str, repr, "{}".format])
def test_no_secret_of_a_url_is_shown(shown: type[str]) -> None:
    location = ClipLocation.of(SIGNED)
    assert location.text == SIGNED
    assert "secret" not in shown(location)


def test_normalised_is_as_path_writes_it() -> None:
    assert ClipLocation.of("./a//clip.mp4").normalised() == ClipLocation.of(Path("a/clip.mp4"))


@pytest.mark.parametrize("address", ["https://host/a//b/./c.mp4", "camera:0", "-"])
def test_normalised_addresses_are_as_they_were(address: str) -> None:
    assert ClipLocation.of(address).normalised().text == address


@pytest.mark.parametrize("named", ["clip.mp4", "gone.mp4", ".", "frame_%05d.png"])
def test_what_is_on_a_disk_has_a_path(named: str) -> None:
    location = ClipLocation.of(named)
    assert location.is_local
    assert location.files == (location.path,) == (Path(named),)


@pytest.mark.parametrize("address", ["https://host/a.mp4", "rtsp://host/live", "camera:0", "-"])
def test_what_is_elsewhere_has_none_and_says_so(address: str) -> None:
    location = ClipLocation.of(address)
    assert not location.is_local
    assert location.files == ()
    with pytest.raises(SourceError, match=f"^{address} is .* reads local files only: .* first$"):
        _ = location.path


def test_the_digest_is_that_of_the_file() -> None:
    assert ClipLocation.of("clip.mp4").digest() == file_digest(Path("clip.mp4")) is not None


@pytest.mark.parametrize("named", ["gone.mp4", ".", "frame_%05d.png", "-"])
def test_what_is_no_file_has_no_digest(named: str) -> None:
    assert ClipLocation.of(named).digest() is None
