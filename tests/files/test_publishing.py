"""A run that is killed leaves no mixture of old and new files, whenever that happens."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from helpers.killed_runs import NEW_NAMES, OLD_NAMES, run, write

from vidclf.errors import OutputError
from vidclf.files.staging import Staging

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


def texts(folder: Path) -> dict[str, str]:
    """Name → text of each file that is not hidden."""
    return {
        path.name: path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def killed_runs(root: Path, state: str) -> list[Path]:
    """A folder for each moment at which a run was killed."""
    run("at_each_step", root, state)
    folders = sorted(root.iterdir(), key=lambda folder: int(folder.name))
    assert texts(folders.pop()) == dict.fromkeys(sorted(NEW_NAMES), "new")  # of one that ended
    return folders


@posix
@pytest.mark.parametrize("state", ["new", "old"])
def test_a_run_killed_at_any_moment_leaves_files_of_its_record_alone(
    state: str, tmp_path: Path
) -> None:
    found = [texts(folder) for folder in killed_runs(tmp_path, state)]
    for files in found:
        record = files.get("a_manifest.json")
        assert set(files.values()) <= {record}
    whole = dict.fromkeys(sorted(OLD_NAMES if state == "old" else ()), "old")
    assert found[0] == whole
    assert len({len(files) for files in found}) >= 4  # killed between the renames, too


@posix
def test_a_run_after_one_killed_at_any_moment_makes_all_whole(tmp_path: Path) -> None:
    for folder in killed_runs(tmp_path, "old"):
        write(folder, OLD_NAMES, text="newest", overwrite=True)
        names = {path.name: path.read_text() for path in folder.iterdir()}
        assert {name: names.get(name) for name in OLD_NAMES} == dict.fromkeys(OLD_NAMES, "newest")
        assert not [name for name in names if name.startswith(".")]


@posix
def test_runs_at_once_make_each_clip_once(tmp_path: Path) -> None:
    run("at_once", tmp_path, 60, 0)
    assert sorted(map(int, (tmp_path / "log").read_text().split())) == list(range(60))
    assert not list(tmp_path.rglob(".*"))


@posix
def test_runs_at_once_that_are_killed_leave_nothing_broken(tmp_path: Path) -> None:
    run("at_once", tmp_path, 60, 30)
    clips = [{path.read_text() for path in tmp_path.glob(f"out/*/{clip}.*")} for clip in range(60)]
    assert [len(writers) for writers in clips] == [1] * 60
    assert len(list(tmp_path.glob("out/*/*"))) == 180
    assert not list(tmp_path.rglob(".*"))


def fail_to_publish(folder: Path) -> None:
    """Replace three files, the last of which cannot be renamed."""
    for name in OLD_NAMES:
        (folder / name).write_text("old")
    with Staging(overwrite=True, record=folder / "a_manifest.json") as staging:
        for name in ("a_manifest.json", "a.gif", "a.mp4", "a.csv"):
            staging.add(folder / name).write_text("new")
        next(folder.glob(".a.*.part.csv")).unlink()


def test_a_failing_rename_brings_record_and_files_back(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        fail_to_publish(tmp_path)
    assert texts(tmp_path) == dict.fromkeys(sorted(OLD_NAMES), "old")
    assert len(list(tmp_path.iterdir())) == 3


def test_it_does_so_on_a_disk_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OutputError, match="cannot write"):
        fail_to_publish(tmp_path)
    assert texts(tmp_path) == dict.fromkeys(sorted(OLD_NAMES), "old")
    assert len(list(tmp_path.iterdir())) == 3


def test_the_record_appears_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    renamed = Path.replace

    def rename(path: Path, target: Path) -> Path:
        seen.append(target.name)
        return renamed(path, target)

    monkeypatch.setattr(Path, "replace", rename)
    write(tmp_path, NEW_NAMES, text="new", overwrite=False)
    assert seen == ["a_manifest.json", "a.mp4", "a.gif", "a.csv"]
