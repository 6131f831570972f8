"""Names of files elsewhere, taken apart and put together."""

from __future__ import annotations

import pytest

from vidclf.remote.path import RemotePath

SIGNED = "https://me:secret@host/day%201/a%20b.tar.mp4?signature=secret#t=3"


@pytest.mark.parametrize(
    ("address", "name", "stem", "suffix", "parent"),
    [
        ("s3://lab/day1/clip.mp4", "clip.mp4", "clip", ".mp4", "s3://lab/day1"),
        ("s3://lab/day1/", "day1", "day1", "", "s3://lab"),
        ("s3://lab/a%20b.mp4", "a%20b.mp4", "a%20b", ".mp4", "s3://lab"),
        ("s3://lab/.hidden", ".hidden", ".hidden", "", "s3://lab"),
        (SIGNED, "a b.tar.mp4", "a b.tar", ".mp4", "https://host/day%201"),
    ],
)
def test_its_parts(address: str, name: str, stem: str, suffix: str, parent: str) -> None:
    path = RemotePath(address)
    assert (path.name, path.stem, path.suffix, str(path.parent)) == (name, stem, suffix, parent)


@pytest.mark.parametrize("address", ["s3://lab", "s3://lab/", "https://host/"])
def test_a_bucket_is_its_own_parent(address: str) -> None:
    path = RemotePath(address)
    assert path.parent == path
    assert path.is_folder_name


def test_what_is_shown_holds_no_secret() -> None:
    path = RemotePath(SIGNED)
    assert "secret" not in f"{path} {path!r}"


def test_a_file_beside_it_keeps_the_password_but_not_the_query() -> None:
    path = RemotePath(SIGNED).with_name("c d.csv")
    assert path.address == "https://me:secret@host/day%201/c%20d.csv"


def test_a_file_in_a_folder() -> None:
    assert (RemotePath("s3://lab/day1/") / "a b.csv").address == "s3://lab/day1/a b.csv"
    assert RemotePath("s3://lab/a.csv").with_suffix(".parquet").address == "s3://lab/a.parquet"
