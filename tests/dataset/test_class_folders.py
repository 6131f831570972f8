"""Folders of classes become examples; what cannot be meant is refused."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from helpers.labelled_pictures import save_class_folders, save_picture

from vidclf.dataset.reading import read_labelled_set
from vidclf.errors import DataError


def test_each_folder_is_a_label(tmp_path: Path) -> None:
    data = read_labelled_set(save_class_folders(tmp_path, "dog", "cat"))
    assert data.task == "classes"
    assert data.labels == ("cat", "dog")
    told = [
        (example.path.relative_to(tmp_path).as_posix(), *example.labels)
        for example in data.examples
    ]
    assert told == [
        ("cat/0.png", "cat"),
        ("cat/1.png", "cat"),
        ("dog/0.png", "dog"),
        ("dog/1.png", "dog"),
    ]


def test_clips_and_nested_folders_belong_to_their_class(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat", count=1)
    (tmp_path / "dog" / "day" / "two").mkdir(parents=True)
    (tmp_path / "dog" / "day" / "two" / "run.mp4").touch()
    data = read_labelled_set(tmp_path)
    assert [e.labels for e in data.examples if e.path.name == "run.mp4"] == [("dog",)]


def test_hidden_and_other_files_are_passed_over(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat", count=1)
    (tmp_path / "README.md").touch()
    (tmp_path / "dog" / "._0.png").touch()
    (tmp_path / "dog" / "notes.txt").touch()
    save_picture(tmp_path / ".cache" / "0.png")
    assert len(read_labelled_set(tmp_path).examples) == 2


def test_other_files_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save_class_folders(tmp_path, "dog", "cat", count=1)
    for name in ("notes.txt", "Thumbs.db"):
        (tmp_path / "dog" / name).touch()
    with caplog.at_level(logging.INFO, "vidclf"):
        read_labelled_set(tmp_path)
    assert "2 files passed over" in caplog.text


def test_what_a_run_made_is_no_example(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat", count=1)
    for name in ("run.mp4", "run_annotated.mp4", "run_manifest.json"):
        (tmp_path / "dog" / name).touch()
    names = [example.path.name for example in read_labelled_set(tmp_path).examples]
    assert names == ["0.png", "0.png", "run.mp4"]


def test_loose_pictures_are_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save_class_folders(tmp_path, "dog", "cat", count=1)
    save_picture(tmp_path / "loose.png")
    assert len(read_labelled_set(tmp_path).examples) == 2
    assert "in no folder of a class are left out (1)" in caplog.text


@pytest.mark.parametrize("val", ["val", "valid", "validation", "Val"])
def test_parts_above_the_classes(tmp_path: Path, val: str) -> None:
    for part in ("train", val, "test"):
        offset = {"train": 0, "test": 7}.get(part, 3)
        save_picture(tmp_path / part / "dog" / "a.png", offset)
        save_picture(tmp_path / part / "cat" / "a.png", offset + 1000)
    data = read_labelled_set(tmp_path)
    assert data.labels == ("cat", "dog")
    assert sorted(example.part or "" for example in data.examples) == [
        *("test", "test", "train", "train", "val", "val")
    ]


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "bus", "train")
    assert read_labelled_set(tmp_path).labels == ("bus", "train")


def test_classes_beside_parts_are_refused(tmp_path: Path) -> None:
    save_class_folders(tmp_path / "train", "dog", "cat")
    save_class_folders(tmp_path / "test", "dog", "cat")
    save_class_folders(tmp_path, "bird")
    with pytest.raises(DataError, match="bird/ stands beside test/ and train/: put"):
        read_labelled_set(tmp_path)


def test_a_link_to_a_folder_above_is_not_followed(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat", count=1)
    (tmp_path / "dog" / "again").symlink_to(tmp_path / "dog", target_is_directory=True)
    assert len(read_labelled_set(tmp_path).examples) == 2


def test_an_empty_class_is_refused(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat")
    (tmp_path / "bird").mkdir()
    with pytest.raises(DataError, match="bird: no picture or clip for the label 'bird'; add"):
        read_labelled_set(tmp_path)


def test_pictures_without_class_folders_are_refused(tmp_path: Path) -> None:
    save_picture(tmp_path / "a.png")
    with pytest.raises(DataError, match=r"has no folder for each class \(1 pictures or clips\): "):
        read_labelled_set(tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere: no such folder or table; check the name"):
        read_labelled_set(tmp_path / "nowhere")


def test_folders_are_no_numbers(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "1", "2")
    with pytest.raises(
        DataError, match="its labels are names, and a regression learns numbers: name a table"
    ):
        read_labelled_set(tmp_path, regression=True)


def test_a_semicolon_in_the_name_of_a_folder_is_a_part_of_the_label(tmp_path: Path) -> None:
    save_class_folders(tmp_path, 'ä, "q"; x', "dog", count=1)
    data = read_labelled_set(tmp_path)
    assert (data.task, data.labels) == ("classes", ("dog", 'ä, "q"; x'))


def test_a_table_of_several_labels_takes_no_name_of_a_folder_apart(tmp_path: Path) -> None:
    save_class_folders(tmp_path / "folders", "a;b", "dog", count=1)
    save_picture(tmp_path / "0.png", 7)
    (tmp_path / "more.csv").write_text("path,label\n0.png,cat;dog\n")
    data = read_labelled_set([tmp_path / "folders", tmp_path / "more.csv"])
    assert (data.task, data.labels) == ("multi_label", ("a;b", "cat", "dog"))
