"""Wildcards in buckets match what they match on a disk."""

from __future__ import annotations

import glob
from pathlib import Path

import pytest
from helpers.s3_server import S3Server

from vidclf.remote.path import RemotePath
from vidclf.remote.upload import write_small
from vidclf.remote.wildcards import matching_places

FILES = (
    *("a.mp4", "b.mp4", "c.mov", ".hidden.mp4", "day1/a.mp4", "day1/deep/a.mp4", "day2/a.mp4"),
    *("day2/b 1.mp4", "take[1].mp4", "other/day1.mp4"),
)
PATTERNS = (
    *("*.mp4", "?.mp4", "[ab].mp4", "day*/a.mp4", "day*", "day*/", "**/a.mp4", "**/*.mp4"),
    *("day1/**/*.mp4", "*/deep/*.mp4", "other/*1.*", "*/b ?.mp4", ".*.mp4", "**/deep/**/*"),
)


@pytest.fixture(scope="module")
def folders(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The same files in a folder of the bucket and on a disk."""
    disk = tmp_path_factory.mktemp("wildcards")
    with pytest.MonkeyPatch.context() as patch:
        s3_server.use(patch)
        for name in FILES:
            (disk / name).parent.mkdir(parents=True, exist_ok=True)
            (disk / name).write_bytes(b"x")
            write_small(RemotePath(f"s3://lab/wildcards/{name}"), b"x")
    return "s3://lab/wildcards/", disk


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_same_is_matched_as_on_a_disk(
    pattern: str, folders: tuple[str, Path], s3: S3Server
) -> None:
    bucket, disk = folders
    found = glob.glob(pattern, root_dir=disk, recursive=True)  # noqa: PTH207
    expected = {
        name.rstrip("/") for name in found if (disk / name).is_file() or "**" not in pattern
    }
    places = [place.address for place in matching_places(RemotePath(bucket + pattern))]
    assert {place.removeprefix(bucket).rstrip("/") for place in places} == expected
    assert places == sorted(places)


def test_what_matches_nothing_stands_for_itself(folders: tuple[str, Path], s3: S3Server) -> None:
    for name in ("*.avi", "plain.mp4", "take[1].mp4", "nowhere*/a.mp4"):
        place = RemotePath(folders[0] + name)
        assert matching_places(place) == [place]


def test_a_web_server_lists_nothing() -> None:
    place = RemotePath("https://host/a.mp4?key=*")
    assert matching_places(place) == [place]
