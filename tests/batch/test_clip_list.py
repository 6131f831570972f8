"""Lists of clips: what a row says becomes a clip; broken rows are all told before anything is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.trees import touch

from vidclf.batch.clip_list import clips_of_list
from vidclf.batch.clips import Clip, ClipRow
from vidclf.batch.plan import plan
from vidclf.batch.shard import Shard
from vidclf.errors import BrokenRowsError, DataError, UsageError
from vidclf.pipeline.job import ClipJob
from vidclf.settings import Position, Settings

VIDEO = frozenset({"video"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Empty files that are called clips."""
    touch(tmp_path, "a.mp4", "b.mp4", "day1/a.mp4", "day2/a.mp4", "shots/1.png", "still.jpg")
    return tmp_path


def listed(folder: Path, text: str, name: str = "clips.csv", **settings: Any) -> list[Clip]:
    path = folder / name
    path.write_text(text, "utf-8")
    return clips_of_list(path, Settings(**settings))


def jobs(folder: Path, text: str, **how: Any) -> list[ClipJob]:
    clips = listed(folder, text)
    return list(plan([], listed=clips, output="out", kinds=VIDEO, **how).jobs)


def stems(jobs: list[ClipJob]) -> list[str]:
    return [str(job.outputs["video"]).removesuffix("_annotated.mp4") for job in jobs]


def test_all_that_a_row_may_say(folder: Path) -> None:
    text = "path,start,end,name,label,site\na.mp4,1:02.5,123f,cats/one,cat,north\nb.mp4,,,,,\n"
    first, second = jobs(folder, text)
    assert first.source.path == folder / "a.mp4"
    assert (first.start, first.end) == (Position(seconds=62.5), Position(frame=123))
    assert (first.name, stems([first])) == ("cats/one", ["out/cats/one"])
    assert first.columns.by_name == {"true_label": "cat", "site": "north"}
    assert (second.start, second.end, second.name) == (None, None, "b.mp4")
    assert second.columns.by_name == {"true_label": None, "site": None}


def test_rows_come_from_a_data_frame_or_parquet_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame(
        {"path": ["a.mp4", "b.mp4"], "start": [1.5, None], "depth": [3, None], "ok": [True, False]}
    )
    frame.to_parquet(folder / "clips.parquet")
    of_file = clips_of_list(folder / "clips.parquet", Settings())
    monkeypatch.chdir(folder)
    for clips in (of_file, clips_of_list(frame, Settings())):
        rows = [clip.row for clip in clips]
        assert [row.start for row in rows if row] == [Position(seconds=1.5), None]
        assert [row.columns.texts for row in rows if row] == [("3", "True"), ("", "False")]


def test_paths_below_the_list_keep_their_folders(folder: Path) -> None:
    made = jobs(folder, "path\nday1/a.mp4\nday2/a.mp4\na.mp4\n")
    assert [job.name for job in made] == ["day1/a.mp4", "day2/a.mp4", "a.mp4"]
    assert stems(made) == ["out/day1/a", "out/day2/a", "out/a"]


def test_paths_from_elsewhere_are_told_apart_by_as_much_as_it_takes(folder: Path) -> None:
    (folder / "lists").mkdir()
    text = f"path\n../day1/a.mp4\n{folder}/day2/a.mp4\n../b.mp4\nhttps://host/c/b.mp4?key=secret\n"
    made = jobs(folder / "lists", text)
    assert [job.name for job in made] == ["day1/a.mp4", "day2/a.mp4", "b.mp4", "c/b.mp4"]


def test_parts_of_a_clip_get_readable_names_that_no_other_row_changes(folder: Path) -> None:
    text = "path,start,end\na.mp4,10,20\na.mp4,20,0:30.5\na.mp4,,24f\na.mp4,40,\na.mp4,,\n"
    made = jobs(folder, text)
    assert stems(made) == [
        *("out/a_10-20", "out/a_20-30.5", "out/a_to_24f", "out/a_from_40", "out/a"),
    ]
    assert [job.name for job in made][:2] == ["a_10-20.mp4", "a_20-30.5.mp4"]
    assert stems(jobs(folder, "\n".join(text.splitlines()[:2]))) == ["out/a_10-20"]


def test_what_excel_saves(folder: Path) -> None:
    [clip] = listed(folder, "\ufeffPath;Start;Depth\na.mp4;1,5;2,5\n;;\n")
    assert clip.row is not None
    assert (clip.row.start, clip.row.columns.texts) == (Position(seconds=1.5), ("2,5",))


def test_a_shard_of_a_list_has_the_names_of_the_whole(folder: Path) -> None:
    text = "path\na.mp4\nb.mp4\nday1/a.mp4\nday2/a.mp4\n"
    parts = [jobs(folder, text, shard=Shard(number=n, count=2)) for n in (1, 2)]
    names = [job.name for part in parts for job in part]
    assert sorted(names) == sorted(job.name for job in jobs(folder, text))


def test_a_list_keeps_a_record_and_takes_a_folder_of_pictures(folder: Path) -> None:
    planned = plan([], listed=listed(folder, "path\nshots\n"), output="out", kinds=VIDEO)
    assert planned.folder == Path("out")
    assert planned.jobs[0].name == "shots"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",,,", "the path is empty; name the clip"),
        ("gone.mp4,,,", "gone.mp4: no such file; paths that are not absolute count from the list"),
        ("camera:0,,,", "camera:0 is a live input"),
        ("rtsp://me:secret@host/a,,,", "rtsp://host/a is a live input"),
        ("-,,,", "- is a live input"),
        ("day1,,,", "is a folder of videos, and a row is one clip"),
        ("still.jpg,1,,", "still.jpg is a picture, and has no start or end"),
        ("a.mp4,soon,,", "start: 'soon' is no place in a clip: give seconds"),
        ("a.mp4,,-1,", "end: '-1' is no place in a clip"),
        ("a.mp4,20,10,", "start 20 is not before end 10"),
        ("a.mp4,20f,20f,", "start 20f is not before end 20f"),
        ("b.mp4,0,,", "b.mp4 with this part stands in line 2, too; give each row a name"),
        ("a.mp4,,,One", "the name 'One' stands in line 3, too; give it another"),
        ("a.mp4,,,../x", "leads out of the output folder; write one such as cats/morning_1"),
        ("a.mp4,,,/x", "begins or ends with a slash"),
        ("a.mp4,,,x\\y", "has characters that names of files should not have"),
        (f"a.mp4,,,{'ä' * 101}", "is longer than 200 bytes"),
        ("a.mp4,,,b_from_0", "b_from_0.mp4 is called as line 4 names its clip"),
        ('a.mp4,,,x,"y"', "5 cells under 4 columns; put a cell that holds a comma into quotes"),
    ],
)
def test_a_broken_row_is_told_with_its_line(folder: Path, row: str, message: str) -> None:
    text = f"path,start,end,name\nb.mp4,0,,\nb.mp4,,,one\n{row}\nb.mp4,5,,\n"
    if not row.strip(","):
        text = text.replace(row + "\n", ",,,five\n")
    with pytest.raises(DataError) as told:
        listed(folder, text)
    line = 2 if "is called as" in message else 4
    assert str(told.value).startswith(f"{folder / 'clips.csv'}, line {line}: ")
    assert message in str(told.value)
    assert "secret" not in str(told.value)


def test_all_broken_rows_are_told_at_once(folder: Path) -> None:
    with pytest.raises(BrokenRowsError, match="12 of 13 rows cannot be taken") as told:
        listed(folder, "path\na.mp4\n" + "".join(f"gone_{n}.mp4\n" for n in range(12)))
    lines = told.value.listed()
    assert (len(lines), lines[-1]) == (11, "and 2 more")
    assert "line 3: " in lines[0]
    assert told.value.__notes__ == lines


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("clip,site", r"has no column 'path'; it has 'clip', 'site'\. Give it a first line with"),
        ("path,Confidence", "have a column 'Confidence' of their own; rename it, as to list_Conf"),
        ("path,video", "have a column 'video' of their own"),
        ("path,score_cat", "have a column 'score_cat' of their own"),
        ("path,site,Site", "the column 'site' stands there twice; rename one"),
        ("path,label,true_label", "the column 'label' is called 'true_label' in tables"),
    ],
)
def test_a_column_that_cannot_be_carried(folder: Path, head: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        listed(folder, f"{head}\na.mp4{',x' * head.count(',')}\n")


def test_an_option_fills_what_no_row_says_and_contradicts_none(folder: Path) -> None:
    [clip] = listed(folder, "path,end\na.mp4,20\n", start=Position(seconds=10))
    assert clip.row == ClipRow(end=Position(seconds=20))
    with pytest.raises(UsageError, match=r"line 2: end is 20, and --end is given, too"):
        listed(folder, "path,end\na.mp4,20\n", end=Position(seconds=10))
    with pytest.raises(DataError, match="line 2: start 30 is not before end 20"):
        listed(folder, "path,end\na.mp4,20\n", start=Position(seconds=30))


def test_a_list_without_rows_or_that_is_none(folder: Path) -> None:
    with pytest.raises(DataError, match="has no row; write one for each clip"):
        listed(folder, "path,label\n")
    with pytest.raises(DataError, match=r"cannot read the table gone\.csv"):
        clips_of_list("gone.csv", Settings())
    with pytest.raises(DataError, match="is no table: name one of"):
        clips_of_list(folder / "a.mp4", Settings())
