"""Tables of path and label become examples; what a row cannot mean is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.labelled_pictures import save_picture

from vidclf.dataset.examples import Example, LabelledSet
from vidclf.dataset.reading import read_labelled_set
from vidclf.errors import DataError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures and an empty file that is called a clip."""
    save_picture(tmp_path / "pictures" / "a.png", 1)
    save_picture(tmp_path / "pictures" / "b.png", 2)
    (tmp_path / "clip.mp4").touch()
    return tmp_path


def table(folder: Path, text: str, name: str = "data.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding)
    return path


def read(folder: Path, text: str, **how: bool) -> LabelledSet:
    return read_labelled_set(table(folder, text), **how)


def test_paths_count_from_the_tables_folder(folder: Path) -> None:
    data = read(folder, "path,label\npictures/a.png,cat\npictures/b.png,dog\n")
    assert data.task == "classes"
    assert data.labels == ("cat", "dog")
    assert [example.path for example in data.examples] == [
        *(folder / "pictures" / "a.png", folder / "pictures" / "b.png")
    ]


def test_all_that_a_row_may_say(folder: Path) -> None:
    data = read(
        folder,
        "path,label,start,end,group,split,weight,remark\n"
        "clip.mp4,cat,1.5,1:02.5,pond,train,2.5,nice\n"
        "clip.mp4,dog,1:10,,,Validation,,\n"
        "pictures/a.png,dog,,,,train,,\n",
    )
    first, second, third = data.examples
    assert first == Example(
        path=folder / "clip.mp4",
        labels=("cat",),
        start_seconds=1.5,
        end_seconds=62.5,
        group="pond",
        part="train",
        weight=2.5,
        origin=f"{folder / 'data.csv'}, line 2",
    )
    assert (second.start_seconds, second.end_seconds, second.part) == (70.0, None, "val")
    assert (third.start_seconds, third.group, third.weight) == (None, None, 1.0)


def test_what_excel_saves(folder: Path) -> None:
    text = "Path;Label;Start;Weight\nclip.mp4;cat;1,5;0,5\npictures/b.png; dog ;;\n"
    path = table(folder, text, encoding="utf-8-sig")
    first, second = read_labelled_set(path).examples
    assert (first.start_seconds, first.weight) == (1.5, 0.5)
    assert second.labels == ("dog",)


def test_several_labels_in_a_cell(folder: Path) -> None:
    data = read(folder, "path,label\npictures/a.png,cat; dog\npictures/b.png,\nclip.mp4,fox\n")
    assert data.task == "multi_label"
    assert data.labels == ("cat", "dog", "fox")
    assert [example.labels for example in data.examples] == [("cat", "dog"), (), ("fox",)]


def test_numbers_are_a_regression(folder: Path) -> None:
    data = read(folder, "path,label\npictures/a.png,-0.25\npictures/b.png,3\n", regression=True)
    assert (data.task, data.labels) == ("regression", ("value",))
    assert [example.values for example in data.examples] == [(-0.25,), (3.0,)]


def test_several_numbers_have_names(folder: Path) -> None:
    text = "path,label_angle,label_speed\npictures/a.png,-0.25,3\npictures/b.png,0,4\n"
    data = read(folder, text, regression=True)
    assert data.labels == ("angle", "speed")
    assert data.examples[0].values == (-0.25, 3.0)


def test_whole_numbers_are_labels(folder: Path) -> None:
    data = read(folder, "path,label\npictures/a.png,0\npictures/b.png,1\n")
    assert data.labels == ("0", "1")


@pytest.mark.parametrize("kind", ["parquet", "frame"])
def test_parquet_and_frames_are_read_as_csv_is(
    folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame(
        {
            "path": ["clip.mp4", "pictures/a.png", "pictures/b.png"],
            "label": [0.0, 1.0, 1.0],  # as pandas has whole numbers where one is missing
            "start": [1.5, None, None],
            "group": pd.array([3, None, 4], "Int64"),
        }
    )
    if kind == "parquet":
        frame.to_parquet(folder / "data.parquet")
        data = read_labelled_set(folder / "data.parquet")
    else:
        monkeypatch.chdir(folder)
        data = read_labelled_set(frame)
    assert data.labels == ("0", "1")
    assert [example.group for example in data.examples] == ["3", None, "4"]
    assert [example.start_seconds for example in data.examples] == [1.5, None, None]
    assert data.examples[0].path.resolve() == folder / "clip.mp4"


def test_several_tables_are_one_set(folder: Path) -> None:
    one = table(folder, "path,label\npictures/a.png,cat\n", "one.csv")
    two = table(folder, "path,label\npictures/b.png,dog\n", "two.csv")
    assert read_labelled_set([one, two]).labels == ("cat", "dog")
    assert len(read_labelled_set(str(folder / "*.csv")).examples) == 2


HEAD = "path,label,start,end,split,weight\npictures/a.png,cat,,,,\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "data.csv is empty; write a first line of path,label"),
        ("path,label\n", "holds no example"),
        (
            "file,class\na.png,cat\n",
            "no column 'path' and no column 'label'; it has 'file', 'class'",
        ),
        ("path,class\na.png,cat\n", "has no column 'label'; it has 'path', 'class'. Give"),
        (HEAD + ",cat,,,,\n", "line 3: the path is empty"),
        (HEAD + "pictures/b.png,,,,,\n", r"line 3\): the label is empty"),
        (HEAD + "clip.mp4,dog,x,,,\n", "line 3: start is 'x', no time such as"),
        (
            HEAD + "clip.mp4,dog,12f,,,\n",
            "line 3: start is .12f., and parts of labelled data",
        ),
        (HEAD + "clip.mp4,dog,3,2,,\n", "line 3: start 3 s is not before end 2 s"),
        (HEAD + "pictures/b.jpg,dog,3,4,,\n", "line 3: b.jpg is a picture, and has no start"),
        (HEAD + "clip.mp4,dog,,,maybe,\n", "line 3: split 'maybe' is none of train, val, test"),
        (HEAD + "clip.mp4,dog,,,,0\n", "line 3: weight '0' must be a number more than 0"),
        (HEAD + "clip.mp4,dog,,,,much\n", "line 3: weight 'much' must be a number"),
        (HEAD + "clip.mp4,dog,,,,,,x\n", "line 3: 8 cells under 6 columns"),
        ("path,label\na.png,cat\nb.png,dog\n", "not one of its 2 files is there, such as .*line 2"),
        (
            "path;label\npictures\\a.png;cat\npictures\\b.png;dog\n",
            r"such as .*a.png \(.*line 2\); write / between folders",
        ),
        ("path,label\npictures/a.png,0.5\npictures/b.png,1\n", "such as 0.5: give --regression"),
        ("path;label\npictures/a.png;0,5\npictures/b.png;1\n", "such as 0,5: give --regression"),
        ("path,label\npictures/a.png,0.5\npictures/b.png,left\n", r"\(0.5\) and names \(left\)"),
    ],
)
def test_what_cannot_be_is_said_with_its_line(folder: Path, text: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        read(folder, text)


def test_a_name_among_numbers_is_refused(folder: Path) -> None:
    with pytest.raises(DataError, match="line 3: label is 'left', and a regression learns numbers"):
        read(folder, "path,label\npictures/a.png,0.5\npictures/b.png,left\n", regression=True)


def test_a_model_with_another_number_of_values_is_refused(folder: Path) -> None:
    path = table(folder, "path,label\npictures/a.png,0.5\n")
    with pytest.raises(DataError, match=r"has 1 values .*the model gives 2 \(angle, speed\)"):
        read_labelled_set(path, regression=True, labels=["angle", "speed"])


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    path = table(folder, "path,label\npictures/a.png,caf\u00e9\n", encoding="latin-1")
    with pytest.raises(DataError, match="save it as CSV in UTF-8"):
        read_labelled_set(path)


def test_a_picture_is_no_labelled_data(folder: Path) -> None:
    with pytest.raises(DataError, match=r"a.png is no labelled data: name a folder .*\.csv"):
        read_labelled_set(folder / "pictures" / "a.png")


def test_nothing_named_is_refused() -> None:
    with pytest.raises(DataError, match="no labelled data are named"):
        read_labelled_set([])


def test_a_live_input_is_refused() -> None:
    with pytest.raises(UsageError, match="record it to a file first"):
        read_labelled_set("rtsp://host/live")
