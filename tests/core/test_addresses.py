"""Names that stand for no file of this machine, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.core.addresses import address_kind, is_url, local_path, refusal, shown_address
from vidclf.errors import UsageError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("https://host/a.mp4", "url"),
        ("HTTPS://host/a.mp4", "url"),
        ("s3://bucket/a.mp4", "url"),
        ("rtsp://host:554/live", "stream"),
        ("git+ssh://host/a.mp4", "url"),
        ("https://host", "url"),
        ("camera:0", "camera"),
        ("camera:12", "camera"),
        ("-", "stdin"),
    ],
)
def test_kinds_of_addresses(name: str, kind: str) -> None:
    assert address_kind(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        *("a.mp4", "folder/a.mp4", "/a.mp4", "", "a b.mp4", "http:clip.mp4", "a:b://c"),
        *("C:\\a.mp4", "C:/a.mp4", "C://a.mp4", "c:a.mp4", "\\\\server\\share\\a.mp4"),
        *("camera:", "camera:0.mp4", "camera:front", "./camera:0", "my camera:0"),
        *("--", "./-", "-a.mp4", "./https://host/a.mp4", "a\0b.mp4", "x" * 300),
    ],
)
def test_names_of_files_are_none(name: str) -> None:
    assert address_kind(name) is None


@pytest.mark.parametrize("name", ["https://host/a.mp4", "s3://bucket/a.mp4", "camera:0"])
def test_what_lies_on_the_disk_goes_first(name: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).touch()
    assert address_kind(name) is None


def test_a_link_to_nothing_lies_on_the_disk_too() -> None:
    Path("camera:0").symlink_to("gone.mp4")
    assert address_kind("camera:0") is None


def test_a_file_called_like_standard_input_is_named_by_its_folder() -> None:
    Path("-").touch()
    assert (address_kind("-"), address_kind("./-")) == ("stdin", None)


@pytest.mark.parametrize("name", ["camera:0", "-", "https://host/a.mp4"])
def test_a_path_is_never_an_address(name: str) -> None:
    assert address_kind(Path(name)) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://host/a.mp4", "https://host/a.mp4"),
        ("https://host/a.mp4?signature=secret", "https://host/a.mp4"),
        ("https://host/a.mp4#t=10", "https://host/a.mp4"),
        ("https://host?token=secret", "https://host"),
        ("rtsp://admin:secret@host:554/live", "rtsp://host:554/live"),
        ("rtsp://admin:sec?re#t@host/live", "rtsp://host/live"),
        ("s3://bucket/me@work/a.mp4", "s3://bucket/me@work/a.mp4"),
        ("s3://bucket/take #1.mp4", "s3://bucket/take #1.mp4"),
        ("s3://key:secret@bucket/a.mp4", "s3://bucket/a.mp4"),
        ("abfs://container@account/a.mp4", "abfs://container@account/a.mp4"),
        ("https://host/a//b.mp4", "https://host/a//b.mp4"),
        ("camera:0", "camera:0"),
        ("-", "-"),
    ],
)
def test_secrets_are_not_shown(address: str, shown: str) -> None:
    assert shown_address(address) == shown


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (
            "https://host/a.mp4?signature=secret",
            "https://host/a.mp4 is a URL, and this version reads local files only: "
            "download it first",
        ),
        (
            "rtsp://admin:secret@host/live",
            "rtsp://host/live is a live stream, and this version reads local files only: "
            "record it to a file first",
        ),
        (
            "file:///home/me/a.mp4",
            "file:///home/me/a.mp4 is a URL, and this version reads local files only: "
            "give the path alone",
        ),
        (
            "camera:0",
            "camera:0 is a camera, and this version reads local files only: "
            "record it to a file first",
        ),
        (
            "-",
            "- is standard input, and this version reads local files only: save it to a file first",
        ),
    ],
)
def test_a_refusal_says_what_it_is_and_what_to_do(address: str, message: str) -> None:
    assert refusal(address) == message


def test_a_local_path_is_given_back() -> None:
    assert local_path("a/b.csv") == local_path(Path("a/b.csv")) == Path("a/b.csv")


def test_an_address_is_no_local_path() -> None:
    with pytest.raises(UsageError, match=r"^s3://bucket/a\.csv is a URL"):
        local_path("s3://bucket/a.csv")


def test_an_output_is_a_url_though_a_folder_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s3://bucket/out").mkdir(parents=True)
    assert address_kind("s3://bucket/out") is None
    assert is_url("s3://bucket/out")
    assert not is_url(Path("s3://bucket/out"))
    assert not is_url("out")
