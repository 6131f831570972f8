"""The cache: what is kept between runs is used while it is whole, and made again else."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from vidclf.core import cache
from vidclf.core.cache import CacheKey, use_cached
from vidclf.core.cache_record import RECORD, write_record
from vidclf.core.cache_upkeep import building_prefix
from vidclf.core.installed import installed_version

LARGE = bytes(range(256)) * 8192
DAY = 86_400


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    return tmp_path


def key(digest: str = "0", **changed: object) -> CacheKey:
    known = {"kind": "facts", "model": "cats", "digest": digest * 64, "format": 4}
    return CacheKey(**known | changed)  # type: ignore[arg-type]


def build(work: Path) -> None:
    (work / "small").write_text("one", encoding="utf-8")
    (work / "large").write_bytes(LARGE)


def read(folder: Path) -> tuple[str, bytes]:
    return (folder / "small").read_text(encoding="utf-8"), (folder / "large").read_bytes()


def never(work: Path) -> None:
    raise AssertionError("not needed")


def fill(digest: str = "0", **changed: object) -> Path:
    use_cached(key(digest, **changed), build=build, use=read)
    return key(digest, **changed).folder


def test_a_cached_folder_is_whole_or_not_there(folder: Path) -> None:
    def fail(work: Path) -> None:
        (work / "half").touch()
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        use_cached(key(), build=fail, use=read)
    assert not list((folder / "facts").iterdir())


def test_what_was_built_is_not_built_again() -> None:
    fill()
    assert use_cached(key(), build=never, use=read) == ("one", LARGE)


def flip_a_bit(folder: Path) -> None:
    (folder / "large").write_bytes(LARGE[:-1] + bytes([LARGE[-1] ^ 1]))


def change_small(folder: Path) -> None:
    (folder / "small").write_text("two", encoding="utf-8")


def cut_off(folder: Path) -> None:
    (folder / "large").write_bytes(LARGE[:100])


def drop_file(folder: Path) -> None:
    (folder / "large").unlink()


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def replace_by_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("rubbish", encoding="utf-8")


def record_of(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / RECORD).write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize(
    "damage",
    [
        flip_a_bit, change_small, cut_off, drop_file, empty, replace_by_file,
        record_of(""), record_of("[]"), record_of('{"format": 4, "model": "x"}'),
        record_of('{"format": 4, "model": "x", "files": {"small": 3}}'), record_of("[" * 100_000),
    ],
)  # fmt: skip
def test_a_damaged_folder_is_made_again(damage: Callable[[Path], None]) -> None:
    damage(fill())
    assert use_cached(key(), build=build, use=read) == ("one", LARGE)
    assert use_cached(key(), build=never, use=read) == ("one", LARGE)


def test_what_cannot_be_removed_is_passed_by(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place = fill()
    flip_a_bit(place)
    monkeypatch.setattr(cache, "remove_tree", lambda path: False)
    with caplog.at_level(logging.WARNING, "vidclf"):
        assert use_cached(key(), build=build, use=read) == ("one", LARGE)
    assert "each run finds it out again: name another folder with VIDCLF_CACHE" in caplog.text
    assert (place / "large").read_bytes() != LARGE


def test_a_file_in_place_of_the_cache_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "file"))
    assert use_cached(key(), build=build, use=read) == ("one", LARGE)


@pytest.mark.parametrize("library", ["keras", "openvino", "tensorflow", "tf_keras"])
def test_another_version_of_a_library_has_a_folder_of_its_own(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key().folder
    monkeypatch.setattr(
        cache,
        "installed_version",
        lambda name: f"{installed_version(name)}{'x' * (name == library)}",
    )
    cache._library_versions.cache_clear()
    assert key().folder != before
    monkeypatch.undo()
    cache._library_versions.cache_clear()


def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_what_a_dead_process_left_is_removed(folder: Path) -> None:
    fill("1")
    name = building_prefix().replace(str(os.getpid()), str(dead_process())) + "abc"
    (folder / "facts" / name / "work").mkdir(parents=True)
    fill("2")
    assert not (folder / "facts" / name).exists()


def test_what_a_living_process_builds_stays(folder: Path) -> None:
    fill("1")
    living = folder / "facts" / f"{building_prefix()}abc"
    living.mkdir()
    fill("2")
    assert living.exists()


@pytest.mark.parametrize(("file_format", "stays"), [(3, False), (5, True)])
def test_an_older_format_is_removed_and_a_newer_one_stays(file_format: int, stays: bool) -> None:
    other = fill("1", format=file_format)
    fill("2")
    assert other.exists() == stays


def test_a_folder_without_record_is_of_an_older_version(folder: Path) -> None:
    old = folder / "facts" / f"{'0' * 32}_3.15.1_2"
    old.mkdir(parents=True)
    fill()
    assert not old.exists()


@pytest.mark.parametrize(("days", "stays"), [(59, True), (61, False)])
def test_what_was_not_used_for_two_months_is_removed(days: int, stays: bool) -> None:
    other = fill("1")
    then = time.time() - days * DAY
    os.utime(other / RECORD, (then, then))
    fill("2")
    assert other.exists() == stays


def test_use_counts_from_the_last_time() -> None:
    other = fill("1")
    os.utime(other / RECORD, (0, 0))
    fill("1")
    fill("2")
    assert other.exists()


def test_what_is_not_ours_stays(folder: Path) -> None:
    (folder / "facts" / "notes").mkdir(parents=True)
    fill()
    assert (folder / "facts" / "notes").exists()


def test_a_record_tells_the_model(tmp_path: Path) -> None:
    build(tmp_path)
    write_record(tmp_path, file_format=1, model="cats")
    assert json.loads((tmp_path / RECORD).read_text(encoding="utf-8"))["model"] == "cats"
