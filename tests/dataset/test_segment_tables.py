"""Tables of segments, as a run wrote them and people corrected them, are parts of their clips."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.labelled_pictures import save_class_folders

from vidclf.dataset.reading import read_labelled_set
from vidclf.errors import DataError

WRITTEN = (
    "video,segment,label,start_frame,end_frame,start,end,duration,mean_confidence,max_confidence\n"
    "day.mp4,0,cat,0,9,0.0,1.25,1.25,0.8,0.9\n"
    "day.mp4,1,dog,10,19,1.25,2.5,1.25,0.8,0.9\n"
)


def made(folder: Path, text: str = WRITTEN, *, source: str | None = "day.mp4") -> Path:
    """A table with its manifest, and the clip beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "day.mp4").touch()
    path = folder / "day_segments.csv"
    path.write_text(text)
    if source:
        manifest = {"format": 1, "table_format": 1, "source": source}
        (folder / "day_manifest.json").write_text(json.dumps(manifest))
    return path


def test_each_segment_is_a_part_of_its_clip(tmp_path: Path) -> None:
    data = read_labelled_set(made(tmp_path))
    assert data.labels == ("cat", "dog")
    assert [(e.path, *e.labels, e.start_seconds, e.end_seconds) for e in data.examples] == [
        (tmp_path / "day.mp4", "cat", 0.0, 1.25),
        (tmp_path / "day.mp4", "dog", 1.25, 2.5),
    ]


def test_the_clip_is_where_the_manifest_has_it(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "day.mp4"
    elsewhere.parent.mkdir()
    elsewhere.touch()
    data = read_labelled_set(made(tmp_path / "outputs", source=str(elsewhere)))
    assert {example.path for example in data.examples} == {elsewhere}


def test_a_clip_that_moved_is_found_above_the_table(tmp_path: Path) -> None:
    path = made(tmp_path / "outputs", source="/gone/day.mp4")
    (tmp_path / "outputs" / "day.mp4").rename(tmp_path / "day.mp4")
    assert read_labelled_set(path).examples[0].path == tmp_path / "day.mp4"


def test_rows_by_hand_from_excel(tmp_path: Path) -> None:
    text = "\ufefflabel;start;end\ncat;0;1,5\ndog;0:01,5;2\n"
    data = read_labelled_set(made(tmp_path, text, source=None))
    assert [(e.path.name, e.start_seconds, e.end_seconds) for e in data.examples] == [
        *(("day.mp4", 0.0, 1.5), ("day.mp4", 1.5, 2.0))
    ]


def test_a_table_of_several_clips(tmp_path: Path) -> None:
    (tmp_path / "night.mp4").touch()
    text = "video,label,start,end\nday.mp4,cat,0,1\nnight.mp4,dog,0,1\n"
    data = read_labelled_set(made(tmp_path, text))
    assert [example.path.name for example in data.examples] == ["day.mp4", "night.mp4"]


def test_a_renamed_table_is_known_by_its_columns(tmp_path: Path) -> None:
    path = made(tmp_path).rename(tmp_path / "corrected.csv")
    assert len(read_labelled_set(path).examples) == 2


def test_a_folder_of_tables(tmp_path: Path) -> None:
    made(tmp_path)
    made(tmp_path / "more")
    assert len(read_labelled_set(tmp_path).examples) == 4


def test_folders_of_tables_without_their_clips(tmp_path: Path) -> None:
    made(tmp_path / "data" / "more", source=str(tmp_path / "day.mp4"))
    (tmp_path / "data" / "more" / "day.mp4").rename(tmp_path / "day.mp4")
    assert read_labelled_set(tmp_path / "data").labels == ("cat", "dog")


def test_folders_that_may_be_classes_or_segments_are_refused(tmp_path: Path) -> None:
    made(tmp_path / "a")
    made(tmp_path / "b")
    with pytest.raises(DataError, match=r"its folders hold clips, and tables of .*a/day_segments"):
        read_labelled_set(tmp_path)


def test_segments_beside_folders_of_classes(tmp_path: Path) -> None:
    table = made(tmp_path / "outputs")
    folders = save_class_folders(tmp_path / "data", "cat", "dog")
    assert len(read_labelled_set([folders, table]).examples) == 6


def test_several_labels_of_a_segment(tmp_path: Path) -> None:
    data = read_labelled_set(made(tmp_path, WRITTEN.replace(",cat,", ",cat;dog,")))
    assert data.task == "multi_label"
    assert data.examples[0].labels == ("cat", "dog")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WRITTEN + "day.mp4,2,,20,29,2.5,3,,,\n", "line 4: the label is empty"),
        (WRITTEN + "day.mp4,2,cat,20,29,3,2.5,,,\n", "line 4: 'cat' begins at 3 s and ends at 2.5"),
        (WRITTEN + "day.mp4,2,cat,20,29,two,2.5,,,\n", "line 4: start is 'two', no time"),
        (WRITTEN + "day.mp4,2,cat,20,29,2,4,,,\n", "under two labels: .*line 3.* as dog, .*line 4"),
        (WRITTEN + "moon.mp4,2,cat,20,29,2,4,,,\n", "its clip .*moon.mp4 is not there, nor beside"),
    ],
)
def test_what_cannot_be_is_said_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        read_labelled_set(made(tmp_path, text))


def test_a_table_without_a_clip_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, "label,start,end\ncat,0,1\n", source=None)
    (tmp_path / "day.mp4").unlink()
    with pytest.raises(DataError, match=r"its clip of day_segments.csv is not there, nor beside"):
        read_labelled_set(path)
