"""The rules notice what is wrong; cases are the same when they are made again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.clips import numbered_picture
from PIL import Image

from kill.cases import VICTIMS, make_case
from kill.footage import NAMES
from kill.moments import FolderWatch
from kill.rules import Undisturbed, half_made, what_is_wrong
from vidclf.core.file_digest import file_digest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and inotify")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder as runs leave it, with the files of one clip."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "photo_predictions.csv").write_text("video,frame\nphoto.png,0\n")
    Image.fromarray(numbered_picture(1)).save(out / "photo_annotated.png")
    outputs = {"still": "out/photo_annotated.png", "table": "out/photo_predictions.csv"}
    manifest = {
        "outputs": outputs | {"manifest": "out/photo_manifest.json"},
        "output_digests": {kind: file_digest(tmp_path / path) for kind, path in outputs.items()},
        "frames_read": 1,
    }
    (out / "photo_manifest.json").write_text(json.dumps(manifest))
    rows = [f"{name},done,,,,,\n" for name in sorted(NAMES)]
    (out / "run.csv").write_text("clip,status,frames,seconds,speed,error,outputs\n" + "".join(rows))
    return out


def _cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _repeat_last_line(path: Path) -> None:
    path.write_text(path.read_text() + path.read_text().splitlines()[-1] + "\n")


_DAMAGES: dict[str, Callable[[Path], None]] = {
    "photo_predictions.csv is missing": lambda out: (out / "photo_predictions.csv").unlink(),
    "photo_predictions.csv differs": lambda out: _cut_off(out / "photo_predictions.csv"),
    "photo_annotated.png has unreadable": lambda out: _cut_off(out / "photo_annotated.png"),
    "photo_manifest.json is no manifest": lambda out: _cut_off(out / "photo_manifest.json"),
    "tells of another photo_annotated.png": lambda out: _cut_off(out / "photo_annotated.png"),
    "left .photo.lock": lambda out: (out / ".photo.lock").touch(),
    "run.csv has photo.png 2 times": lambda out: _repeat_last_line(out / "run.csv"),
    "there is no run.csv": lambda out: (out / "run.csv").unlink(),
}


def test_an_undisturbed_run_is_right(out: Path) -> None:
    assert list(what_is_wrong(out, Undisturbed.of(out, seconds=1))) == []


@pytest.mark.parametrize("sentence", _DAMAGES)
def test_what_is_wrong_is_noticed(sentence: str, out: Path) -> None:
    undisturbed = Undisturbed.of(out, seconds=1)
    _DAMAGES[sentence](out)
    assert any(sentence in wrong for wrong in what_is_wrong(out, undisturbed))


def test_a_clip_that_is_half_there_is_noticed(out: Path) -> None:
    assert list(half_made(out)) == []
    (out / "photo_predictions.csv").unlink()
    assert list(half_made(out)) == ["photo_predictions.csv is missing"]
    (out / "photo_manifest.json").unlink()
    assert list(half_made(out)) == ["no manifest tells of photo_annotated.png"]


def test_changes_in_a_folder_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with FolderWatch(tmp_path, "named") as watch:
        (tmp_path / "a").rename(tmp_path / "b")
        (tmp_path / "b").rename(tmp_path / "a long name")
        assert watch.changes(1) == 2
        assert watch.changes(0) == 0


@pytest.mark.parametrize("victim", VICTIMS)
def test_the_same_numbers_make_the_same_case(victim: str) -> None:
    assert make_case(victim, 7, 12) == make_case(victim, 7, 12)
    assert make_case(victim, 7, 12) != make_case(victim, 7, 13)
