from __future__ import annotations

from pathlib import Path

from vidclf.batch.executors.new_folders import NewFolders
from vidclf.pipeline.job import ClipJob
from vidclf.sources.location import ClipLocation


def job(folder: Path) -> ClipJob:
    source = ClipLocation.of("a.mp4")
    return ClipJob(source=source, name="a.mp4", outputs={"manifest": folder / "a_manifest.json"})


def test_folders_that_a_run_made_and_left_empty_go(tmp_path: Path) -> None:
    folders = NewFolders()
    for name in ("out/day_1", "out/day_2"):
        folders.note(job(tmp_path / name))
        (tmp_path / name).mkdir(parents=True)
    folders.note(job(tmp_path / "out" / "day_1"))
    folders.remove_empty()
    assert not list(tmp_path.iterdir())


def test_folders_that_were_there_or_hold_something_stay(tmp_path: Path) -> None:
    folders = NewFolders()
    (tmp_path / "empty").mkdir()
    for name in ("empty", "full"):
        folders.note(job(tmp_path / name))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").touch()
    folders.remove_empty()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]
