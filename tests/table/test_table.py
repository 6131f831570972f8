"""A table with its manifest, as commands take it; which clip it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from helpers.manifests import ANY_MANIFEST, MIXED_MANIFEST, read_or_empty
from helpers.tables_of_clips import label_table as table_of_labels
from hypothesis import given

import vidclf
from vidclf.core.file_digest import file_digest
from vidclf.errors import SourceError, UsageError
from vidclf.files.manifest import Manifest
from vidclf.files.names import manifest_path
from vidclf.table.columns import FrameColumns
from vidclf.table.table import Table, open_table

HEADER = "video,frame,timestamp,label,class_id,confidence"
ROWS = ("a.mp4,0,0.0,cat,3,0.9", "a.mp4,1,0.1,dog,1,0.8", "a.mp4,2,0.3,cat,3,0.7")


def stored(folder: Path, manifest: Any = None, *, name: str = "a_predictions.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    if manifest is not None:
        text = manifest if isinstance(manifest, str) else json.dumps(manifest)
        manifest_path(path).write_text(text, encoding="utf-8")
    return path


def opened(folder: Path, manifest: Any = None) -> Table:
    return open_table(stored(folder, manifest))


def test_a_table_tells_its_clip_its_kind_and_its_classes(tmp_path: Path) -> None:
    table = opened(tmp_path)
    assert (table.video, table.kind) == ("a.mp4", "classes")
    assert table.classes == {"dog": 1, "cat": 3}


def test_classes_without_numbers_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("video,frame,timestamp,label,confidence\na,0,0,cat,1\n", encoding="utf-8")
    assert open_table(path).classes == {"cat": 0}


def test_columns_of_scores_tell_all_classes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    header = "video,frame,timestamp,label,confidence,score_cat,score_dog"
    path.write_text(f"{header}\na,0,0,dog,1,0,1\n", encoding="utf-8")
    assert open_table(path).classes == {"cat": 0, "dog": 1}


def test_a_table_needs_no_manifest(tmp_path: Path) -> None:
    table = opened(tmp_path)
    assert table.manifest == Manifest()
    assert table.clip is None


@given(ANY_MANIFEST | MIXED_MANIFEST)
def test_whatever_the_manifest_says_a_table_is_of_use(document: dict[str, Any]) -> None:
    with TemporaryDirectory() as name:
        plain = opened(Path(name))
        path = manifest_path(stored(Path(name), document))
        table = replace(plain, manifest=read_or_empty(path))
        assert table.clip is None or table.clip.is_file()
    assert table.classes == plain.classes
    assert table.end_seconds > 0.3
    assert all(isinstance(unit, str) for unit in table.units.values())


def label_table(folder: Path, manifest: dict[str, Any]) -> Table:
    path = stored(folder, manifest)
    header = "video,frame,timestamp,label,confidence,labels,score_cat,score_dog"
    path.write_text(f"{header}\na,0,0,dog,1,dog,0,1\n", encoding="utf-8")
    return open_table(path)


@pytest.mark.parametrize(
    ("manifest", "thresholds"),
    [
        ({}, (0.5, 0.5)),
        ({"model": {"thresholds": [0.2, 0.9]}}, (0.2, 0.9)),
        ({"model": {"thresholds": [0.2, 0.9]}, "settings": {"threshold": 0.3}}, (0.3, 0.3)),
        ({"model": {"thresholds": [0.2, "x"]}, "settings": {"threshold": "x"}}, (0.5, 0.5)),
    ],
)
def test_labels_count_from_where_the_manifest_says(
    tmp_path: Path, manifest: dict[str, Any], thresholds: tuple[float, float]
) -> None:
    table = label_table(tmp_path, manifest)
    assert table.thresholds == dict(zip(("cat", "dog"), thresholds, strict=True))


def test_thresholds_of_other_labels_are_refused(tmp_path: Path) -> None:
    table = label_table(tmp_path, {"model": {"thresholds": [0.5] * 3}})
    with pytest.raises(
        UsageError,
        match=r"a_manifest.json has 3 thresholds, and .*a_predictions.csv has 2 labels: keep all",
    ):
        _ = table.thresholds


def test_a_newer_format_of_tables_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path, {"table_format": 2})
    with pytest.raises(SourceError, match=r"format is 2, and this vidclf reads 1: use the vidclf"):
        open_table(path)
    with pytest.raises(SourceError, match=r"format is 2, and this vidclf reads 1"):
        vidclf.read_predictions(path)


def test_the_end_is_the_manifest_s(tmp_path: Path) -> None:
    assert opened(tmp_path, {"end_seconds": 0.34, "frames_read": 3}).end_seconds == 0.34


@pytest.mark.parametrize("end", [None, "0.5", 0.3, -1, float("inf"), float("nan")])
def test_an_end_that_cannot_be_is_not_taken(tmp_path: Path, end: object) -> None:
    table = opened(tmp_path, {"end_seconds": end})
    assert table.end_seconds == pytest.approx(0.3 + 0.15)


def test_the_end_of_more_rows_is_not_taken(tmp_path: Path) -> None:
    table = opened(tmp_path, {"end_seconds": 600.0, "frames_read": 18_000})
    assert table.end_seconds == pytest.approx(0.45)


def test_one_row_lasts_a_usual_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{ROWS[0]}\n", encoding="utf-8")
    assert open_table(path).end_seconds == pytest.approx(0.04)


@pytest.mark.parametrize("name", [None, "", "\0", "nowhere.mp4", "n" * 300])
def test_a_file_that_is_not_there_is_none(tmp_path: Path, name: str | None) -> None:
    assert opened(tmp_path).found(name) is None


@pytest.mark.parametrize("place", ["made/a.mp4", "made/out/a.mp4"])
def test_a_clip_is_found_beside_the_table_or_its_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "made" / "out").mkdir(parents=True)
    (tmp_path / place).write_bytes(b"x")
    table = opened(tmp_path / "made" / "out")
    assert table.found("elsewhere/a.mp4") == tmp_path / place


def test_a_clip_where_it_was_goes_before_others(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for place in ("a.mp4", "out/a.mp4"):
        (tmp_path / place).write_bytes(b"x")
    assert opened(tmp_path / "out").found(str(tmp_path / "a.mp4")) == tmp_path / "a.mp4"


def test_several_clips_are_refused(tmp_path: Path) -> None:
    path = stored(tmp_path)
    path.write_text(f"{HEADER}\n{ROWS[0]}\n{ROWS[1].replace('a.mp4', 'b.mp4')}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"holds 2 clips \('a.mp4', 'b.mp4' …\)"):
        open_table(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder: name one table"):
        open_table(tmp_path)


# --- which clip --------------------------------------------------------------------------------


def digest_of(folder: Path, content: bytes) -> str | None:
    path = folder / "clip"
    path.write_bytes(content)
    return file_digest(path)


def test_the_digest_sees_beginning_end_and_length(tmp_path: Path) -> None:
    content = bytes(3 * 2**20)
    digests = {
        digest_of(tmp_path, content),
        digest_of(tmp_path, b"x" + content[1:]),
        digest_of(tmp_path, content[1:] + b"x"),
        digest_of(tmp_path, content + b"\0"),
        digest_of(tmp_path, content[:10]),
        digest_of(tmp_path, b""),
    }
    assert len(digests) == 6
    assert digest_of(tmp_path, content) in digests


def test_what_is_no_file_has_no_digest(tmp_path: Path) -> None:
    assert file_digest(tmp_path) is None
    assert file_digest(tmp_path / "none") is None


def test_colours_do_not_depend_on_the_order_of_columns(clip: Path, tmp_path: Path) -> None:
    several = open_table(
        table_of_labels(clip, tmp_path, [(0.9, 0.1, 0.7, 0.6), (0.2, 0.6, 0.1, 0.8)])
    )
    before = several.class_ids
    columns = list(several.rows.columns)
    shuffled = Table(path=several.path, columns=FrameColumns(several.rows[columns[::-1]]))
    assert {name: shuffled.class_ids[name] for name in ("dog", "cup")} == {
        name: before[name] for name in ("dog", "cup")
    }
    assert sorted(shuffled.class_ids.values()) == [0, 1, 2, 3]
