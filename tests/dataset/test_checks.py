"""Labelled data that contradict themselves are refused before a picture is decoded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers.labelled_pictures import save_class_folders, save_picture

from vidclf.dataset.checks import checked
from vidclf.dataset.examples import Example, LabelledSet, Task
from vidclf.dataset.reading import read_labelled_set
from vidclf.errors import DataError


def labelled(*examples: Example, task: Task = "classes") -> LabelledSet:
    labels = sorted({label for example in examples for label in example.labels})
    return LabelledSet(name="data.csv", task=task, labels=tuple(labels), examples=examples)


def part(label: str, start: float | None, end: float | None, line: int = 2) -> Example:
    return Example(
        path=Path("a.mp4"),
        labels=(label,),
        start_seconds=start,
        end_seconds=end,
        origin=f"data.csv, line {line}",
    )


def test_one_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has one label only, 'dog': a classifier needs"):
        read_labelled_set(save_class_folders(tmp_path, "dog"))


@pytest.mark.parametrize("other", ["Dog", "do\u0301g", "dog "])
def test_labels_that_differ_by_case_or_blanks_are_refused(other: str) -> None:
    first = "d\u00f3g" if "\u0301" in other else "dog"
    data = labelled(
        Example(path=Path("a.png"), labels=(first,)), Example(path=Path("b.png"), labels=(other,))
    )
    with pytest.raises(DataError, match=r"\(1\).* and .*\(1\) differ by case or blanks alone"):
        checked(data, is_new=True)


def test_a_label_in_test_that_training_never_saw_is_refused(tmp_path: Path) -> None:
    save_class_folders(tmp_path / "train", "dog", "cat")
    save_picture(tmp_path / "test" / "bird" / "a.png", 900)
    with pytest.raises(DataError, match="'bird' in test and not in train"):
        read_labelled_set(tmp_path)


def test_the_same_picture_under_two_labels_is_refused(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat")
    shutil.copy(tmp_path / "dog" / "0.png", tmp_path / "cat" / "other.png")
    told = "1 picture under two labels: .*other.png as cat, .*0.png as dog; keep the right"
    with pytest.raises(DataError, match=told):
        read_labelled_set(tmp_path)


def test_the_same_picture_twice_under_one_label_is_taken(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat")
    shutil.copy(tmp_path / "dog" / "0.png", tmp_path / "dog" / "other.png")
    assert len(read_labelled_set(tmp_path).examples) == 5


def test_only_what_is_the_same_counts(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "cat")
    size = (tmp_path / "dog" / "0.png").stat().st_size
    shutil.copy(tmp_path / "dog" / "0.png", tmp_path / "dog" / "other.png")
    (tmp_path / "cat" / "as_large.png").write_bytes(bytes(size))
    assert len(read_labelled_set(tmp_path).examples) == 6


def test_parts_that_overlap_under_two_labels_are_refused() -> None:
    data = labelled(part("cat", 0.0, 2.0, 2), part("dog", 1.5, 3.0, 3))
    with pytest.raises(DataError, match=r"a.mp4 \(data.csv, line 2\) as cat, a.mp4 \(data.csv, l"):
        checked(data, is_new=True)


def test_a_part_of_a_clip_that_has_another_label_as_a_whole_is_refused() -> None:
    with pytest.raises(DataError, match="1 picture under two labels"):
        checked(labelled(part("cat", None, None), part("dog", 1.5, 3.0)), is_new=True)


def test_parts_that_touch_are_taken() -> None:
    assert checked(labelled(part("cat", 0.0, 1.5), part("dog", 1.5, None)), is_new=True)


def test_parts_of_several_labels_may_overlap() -> None:
    parts = part("cat", 0.0, 2.0), part("dog", 1.0, 3.0)
    assert checked(labelled(*parts, task="multi_label"), is_new=True)


def test_a_label_that_the_model_lacks_is_refused(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog", "bird")
    with pytest.raises(DataError, match="has no label 'bird', only 'cat', 'dog': rename"):
        read_labelled_set(tmp_path, labels=["cat", "dog"])


def test_a_label_that_the_model_spells_otherwise_is_told(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "Dog")
    with pytest.raises(DataError, match="has no label 'Dog', but 'dog': rename"):
        read_labelled_set(tmp_path, labels=["cat", "dog"])


def test_a_model_may_have_labels_that_differ_by_case(tmp_path: Path) -> None:
    save_class_folders(tmp_path, "dog")
    assert read_labelled_set(tmp_path, labels=["crane", "Crane", "dog"]).examples


def test_a_model_is_evaluated_on_some_of_its_labels(tmp_path: Path) -> None:
    data = read_labelled_set(save_class_folders(tmp_path, "dog"), labels=["fox", "dog", "cat"])
    assert data.labels == ("fox", "dog", "cat")
