"""Many tables as one: the same rows, columns and types as when they are read together."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from helpers.stored_tables import LABELS, class_rows, label_rows, random_scores, value_rows

import vidclf
from vidclf.core.frames import Prediction
from vidclf.errors import (
    OutputExistsError,
    SourceError,
    UnreadableTablesError,
    UsageError,
)
from vidclf.join import parquet_output
from vidclf.table import RowFormat, blocks
from vidclf.table.row_sinks import open_row_sink
from vidclf.table.table import open_table

OUTPUTS = ("all.parquet", "all.csv", "parts/")
HEADER = "video,frame,timestamp,inferred,label,class_id,confidence,raw_label,raw_confidence"
ROWS = ("v.mp4,0,0.0,TRUE,cat,0,0.900000,cat,0.800000", "v.mp4,1,0.04,TRUE,dog,1,0.6,dog,0.5")


def run_table(path: Path, rows: RowFormat, *, frames: int = 8, seed: int = 1) -> Path:
    """A table as a run writes it, CSV or Parquet by its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scores = random_scores(seed, frames, len(getattr(rows, "labels", LABELS)))
    kind = "parquet" if path.suffix == ".parquet" else "table"
    with open_row_sink(kind, path, rows=rows) as sink:
        for i, some in enumerate(scores):
            pts = i * 1001 / 30000
            sink.write(Prediction(index=i, pts_seconds=pts, scores=some, raw=some[::-1].copy()))
    return path


def hand_table(path: Path, *rows: str, header: str = HEADER, video: str = "v.mp4") -> Path:
    """A table as people and other programs write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join([header, *(rows or ROWS)]).replace("v.mp4", video)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def plain(folder: Path) -> None:
    run_table(folder / "b_predictions.csv", class_rows(video="b.mp4"), seed=2)
    run_table(folder / "a_predictions.csv", class_rows(video="a.mp4"), seed=3)


def other_columns_in_each(folder: Path) -> None:
    few = class_rows(video="a.mp4", top_k=1, all_scores=False)
    run_table(folder / "a_predictions.csv", few)
    run_table(folder / "b_predictions.parquet", class_rows(3, video="b.mp4", top_k=2))
    run_table(folder / "c_predictions.csv", class_rows(video="c.mp4", all_scores=False))


def several_labels(folder: Path) -> None:
    for name in "ab":
        run_table(folder / f"{name}_predictions.csv", label_rows(video=name), seed=ord(name))


def values(folder: Path) -> None:
    for name in "ab":
        run_table(folder / f"{name}_predictions.csv", value_rows(), frames=3)
        path = folder / f"{name}_predictions.csv"
        path.write_text(path.read_text("utf-8").replace("a.mp4", f"{name}.mp4"), "utf-8")


def made_by_hand(folder: Path) -> None:
    few = "video,frame,timestamp,label,confidence"
    hand_table(folder / "a_predictions.csv", "a,0,0.0,cat,0.5", "a,1,0.1,,0.123456789", header=few)
    hand_table(folder / "b_predictions.csv")


def more_decimals(folder: Path) -> None:
    row = "v.mp4,0,0.1234567890123,1,cat,0,0.12345678,cat,1e-07"
    hand_table(folder / "a_predictions.csv", row)
    hand_table(folder / "b_predictions.csv", video="b.mp4")


def columns_without_a_name(folder: Path) -> None:
    rows = [f"{number},{row},7" for number, row in enumerate(ROWS)]
    hand_table(folder / "a_predictions.csv", *rows, header=f",{HEADER},")
    hand_table(folder / "b_predictions.csv", video="b.mp4")


def columns_of_others(folder: Path) -> None:
    header = HEADER + ",day,animal,weight,is_wild"
    first = [f"{row},3,007,,TRUE" for row in ROWS]
    second = [f"{row},4,x9,1.5,FALSE" for row in ROWS]
    hand_table(folder / "a_predictions.csv", *first, header=header)
    hand_table(folder / "b_predictions.csv", *second, header=header, video="b.mp4")


FOLDERS = {
    "plain": plain,
    "other columns in each": other_columns_in_each,
    "several labels": several_labels,
    "values": values,
    "made by hand": made_by_hand,
    "columns without a name": columns_without_a_name,
    "more decimals": more_decimals,
}


def same_table(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)


# --- the rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_read_back_is_what_the_folder_holds(
    folder: str, output: str, tmp_path: Path
) -> None:
    FOLDERS[folder](tmp_path / "results")
    together = vidclf.read_predictions(tmp_path / "results")
    joined = vidclf.join_tables(tmp_path / "results", f"{tmp_path}/{output}")
    same_table(vidclf.read_predictions(tmp_path / output), together)
    assert (joined.rows, joined.columns) == (len(together), tuple(together.columns))
    assert joined.clips == together["video"].nunique() > 1


@pytest.mark.parametrize("output", OUTPUTS)
def test_columns_that_vidclf_does_not_know_come_along(output: str, tmp_path: Path) -> None:
    columns_of_others(tmp_path / "results")
    vidclf.join_tables(tmp_path / "results", f"{tmp_path}/{output}")
    read = vidclf.read_predictions(tmp_path / output)
    assert read["day"].tolist() == [3, 3, 4, 4]
    assert read["animal"].astype(str).tolist() == ["007", "007", "x9", "x9"]
    assert read["weight"].isna().tolist() == [True, True, False, False]
    assert read["is_wild"].tolist() == [True, True, False, False]
    assert [str(read[c].dtype) for c in ("day", "weight", "is_wild")] == [
        "int64",
        "float64",
        "bool",
    ]


@pytest.mark.parametrize("output", OUTPUTS)
def test_tables_of_any_length_pass_in_blocks(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_columns_in_each(tmp_path / "results")
    monkeypatch.setattr(blocks, "_MOST_ROWS", 3)
    monkeypatch.setattr(parquet_output, "GROUP_ROWS", 7)
    monkeypatch.setattr(parquet_output, "MOST_HELD", 2)
    monkeypatch.setattr(parquet_output, "PART_ROWS", 9)
    vidclf.join_tables(tmp_path / "results", f"{tmp_path}/{output}")
    together = vidclf.read_predictions(tmp_path / "results")
    same_table(vidclf.read_predictions(tmp_path / output), together)


def test_parts_hold_whole_clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcd":
        run_table(tmp_path / "results" / f"{name}_predictions.csv", class_rows(video=name))
    monkeypatch.setattr(parquet_output, "PART_ROWS", 12)
    joined = vidclf.join_tables(tmp_path / "results", tmp_path / "parts")
    clips = [pd.read_parquet(path)["video"].unique().tolist() for path in joined.files]
    assert clips == [["a", "b"], ["c", "d"]]
    again = vidclf.join_tables(tmp_path / "parts", tmp_path / "again")
    assert len(again.files) == 2  # blocks of several clips are parted, too
    same_table(
        vidclf.read_predictions(tmp_path / "again"), vidclf.read_predictions(tmp_path / "results")
    )


def test_a_reader_of_parquet_can_pass_over_other_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(tmp_path)
    monkeypatch.setattr(parquet_output, "GROUP_ROWS", 8)
    vidclf.join_tables(tmp_path, tmp_path / "all.parquet")
    metadata = pq.ParquetFile(tmp_path / "all.parquet").metadata
    groups = [metadata.row_group(i).column(0) for i in range(metadata.num_row_groups)]
    bounds = [(group.statistics.min, group.statistics.max) for group in groups]
    assert bounds == [("a.mp4", "a.mp4"), ("b.mp4", "b.mp4")]
    assert all("RLE_DICTIONARY" in group.encodings for group in groups)


def test_a_csv_of_runs_is_their_very_lines(tmp_path: Path) -> None:
    plain(tmp_path)
    vidclf.join_tables(tmp_path, tmp_path / "all.csv")
    texts = [(tmp_path / f"{name}_predictions.csv").read_text("utf-8") for name in "ab"]
    assert (tmp_path / "all.csv").read_text("utf-8") == texts[0] + texts[1].split("\n", 1)[1]


def test_a_table_that_turns_unusual_is_read_once(tmp_path: Path) -> None:
    rows = [f"v.mp4,{i},{i / 25},TRUE,cat,0,0.900000,cat,0.800000" for i in range(90_000)]
    rows[-1] = rows[-1].replace("89999", "89999.0")  # a whole number to pandas alone
    path = hand_table(tmp_path / "v_predictions.csv", *rows)
    assert vidclf.join_tables(path, tmp_path / "all.parquet").rows == 90_000


def test_it_needs_no_pyarrow_for_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain(tmp_path / "results")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    vidclf.join_tables(tmp_path / "results", tmp_path / "all.csv")
    same_table(
        vidclf.read_predictions(tmp_path / "all.csv"), vidclf.read_predictions(tmp_path / "results")
    )
    with pytest.raises(UsageError, match=r"pip install 'vidclf\[parquet\]', or name a \.csv"):
        vidclf.join_tables(tmp_path / "results", tmp_path / "all.parquet")


def test_a_clip_taken_from_a_joined_table_is_a_table_of_its_own(tmp_path: Path) -> None:
    run_table(tmp_path / "a_predictions.csv", class_rows(video="a"))
    few = "video,frame,timestamp,label,confidence"
    hand_table(tmp_path / "b_predictions.csv", "b,0,0.0,cat,0.5", "b,1,0.1,dog,0.5", header=few)
    vidclf.join_tables(tmp_path, tmp_path / "all.csv")
    lines = (tmp_path / "all.csv").read_text("utf-8").splitlines()
    path = tmp_path / "b.csv"
    path.write_text("\n".join([lines[0], *lines[-2:]]), "utf-8")
    left = set(open_table(path).rows.columns)
    assert not left & {"raw_label", "raw_confidence", "score_cat"}
    assert len(vidclf.find_segments(path)) == 2


# --- what is refused ---------------------------------------------------------------------------


def refused(folder: Path, output: Path | str = "all.parquet", **options: Any) -> str:
    """What is said of a join that leaves nothing behind."""
    before = sorted(folder.rglob("*"))
    with pytest.raises((UsageError, SourceError, OutputExistsError)) as caught:
        vidclf.join_tables(folder, folder.parent / output, **options)
    assert sorted(folder.rglob("*")) == before
    assert not (folder.parent / "all.parquet").exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_bad_table_is_told_and_nothing_written(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    plain(folder)
    hand_table(folder / "c_predictions.csv", ROWS[0].replace("0.9", "x"))
    (folder / "d_predictions.csv").write_bytes(b"")
    (folder / "e_predictions.parquet").write_bytes(b"PAR1")
    said = refused(folder)
    assert "2 of 5 tables cannot be read, and nothing was written" in said  # by their heads
    (folder / "d_predictions.csv").unlink()
    (folder / "e_predictions.parquet").unlink()
    hand_table(folder / "d_predictions.csv", *ROWS[::-1], video="d")
    with pytest.raises(UnreadableTablesError, match=r"2 of 4 tables") as caught:  # by their rows
        vidclf.join_tables(folder, tmp_path / "all.parquet")
    first, second = map(str, caught.value.errors)
    assert "c_predictions.csv, line 2: confidence is 'x00000', not a number" in first
    assert "d_predictions.csv, line 3: frame 0 stands behind frame 1" in second
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_single_bad_table_is_told_as_by_read_predictions(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    plain(folder)
    bad = hand_table(folder / "c_predictions.csv", ROWS[0], ROWS[1].replace("0.6", "1.6"))
    with pytest.raises(SourceError) as caught:
        vidclf.read_predictions(bad)
    assert refused(folder) == str(caught.value)


def test_smoothed_tables_beside_their_own_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    for name in "ab":
        run_table(folder / f"{name}_predictions.csv", class_rows(video=name))
        shutil.copy(folder / f"{name}_predictions.csv", folder / f"{name}_smoothed_predictions.csv")
    said = refused(folder)
    assert "a stands in" in said
    assert f"one of them is smoothed; name either kind alone ('{folder}/*_smoothed_" in said
    assert said.endswith("(1 more clip in two tables)")
    pattern = f"{folder}/*_smoothed_predictions.csv"
    assert vidclf.join_tables(pattern, tmp_path / "all.csv").tables == 2


def test_a_clip_that_stands_in_a_table_of_several_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    plain(folder)
    both = [*ROWS, *(row.replace("v.mp4", "a.mp4") for row in ROWS)]
    hand_table(folder / "c_predictions.csv", *both)
    assert "a.mp4 stands in" in refused(folder)


def test_tables_of_two_kinds_name_two_files(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    values(folder)
    hand_table(folder / "c_predictions.csv")
    said = refused(folder)
    assert f"{folder}/c_predictions.csv is a table of classes and {folder}/a_" in said


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    assert "holds no table" in refused(tmp_path / "results")
    with pytest.raises(UsageError, match="no table was given"):
        vidclf.join_tables([], tmp_path / "all.csv")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("results/parts/", "is in .*results, which is joined: next time its parts would be"),
        ("results", "is in .*results, which is joined: next time its parts would be"),
        ("results/all_predictions.csv", r"next time it would be .*; name .*, or all\.csv"),
        ("all.xlsx", r"tables are joined to \.parquet, \.csv, or a folder of parts"),
    ],
)
def test_an_output_that_cannot_be_is_told(output: str, said: str, tmp_path: Path) -> None:
    plain(tmp_path / "results")
    with pytest.raises(UsageError, match=said):
        vidclf.join_tables(tmp_path / "results", f"{tmp_path}/{output}")


def test_no_input_is_replaced(tmp_path: Path) -> None:
    path = hand_table(tmp_path / "v.csv")
    (tmp_path / "other.csv").hardlink_to(path)
    with pytest.raises(UsageError, match=r"v\.csv is an input: name another output"):
        vidclf.join_tables(path, tmp_path / "other.csv", overwrite=True)
    assert len(vidclf.read_predictions(path)) == 2


# --- what is there already ---------------------------------------------------------------------


def test_a_join_may_lie_among_its_tables(tmp_path: Path) -> None:
    plain(tmp_path)
    for _ in range(2):
        joined = vidclf.join_tables(tmp_path, tmp_path / "all.parquet", overwrite=True)
        assert joined.tables == 2


@pytest.mark.parametrize("output", OUTPUTS)
def test_what_is_there_is_kept_unless_told_otherwise(output: str, tmp_path: Path) -> None:
    plain(tmp_path / "results")
    vidclf.join_tables(tmp_path / "results", f"{tmp_path}/{output}")
    shutil.rmtree(tmp_path / "results")
    with pytest.raises(OutputExistsError, match="already: give --overwrite"):
        vidclf.join_tables(tmp_path / "results", f"{tmp_path}/{output}")  # before it reads


def test_a_shorter_join_leaves_no_old_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_output, "PART_ROWS", 1)
    plain(tmp_path / "results")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "notes.txt").write_text("mine")
    assert len(vidclf.join_tables(tmp_path / "results", tmp_path / "parts").files) == 2
    (tmp_path / "results" / "a_predictions.csv").unlink()
    vidclf.join_tables(tmp_path / "results", tmp_path / "parts", overwrite=True)
    assert vidclf.read_predictions(tmp_path / "parts")["video"].unique().tolist() == ["b.mp4"]
    assert (tmp_path / "parts" / "notes.txt").exists()


def test_a_folder_of_other_tables_takes_no_parts(tmp_path: Path) -> None:
    path = hand_table(tmp_path / "one" / "v_predictions.csv")
    plain(tmp_path / "results")
    with pytest.raises(UsageError, match=r"holds a table of its own, v_predictions\.csv"):
        vidclf.join_tables(tmp_path / "results", path.parent, overwrite=True)


def test_a_join_that_fails_keeps_what_was_there(tmp_path: Path) -> None:
    plain(tmp_path / "results")
    vidclf.join_tables(tmp_path / "results", tmp_path / "parts")
    before = (tmp_path / "parts" / "part_0001_predictions.parquet").read_bytes()
    hand_table(tmp_path / "results" / "c_predictions.csv", ROWS[0], ROWS[0])
    with pytest.raises(SourceError, match="frame 0 stands twice"):
        vidclf.join_tables(tmp_path / "results", tmp_path / "parts", overwrite=True)
    assert (tmp_path / "parts" / "part_0001_predictions.parquet").read_bytes() == before
    assert len(list((tmp_path / "parts").iterdir())) == 1


def test_a_score_that_32_bits_do_not_hold_is_refused_without_a_warning(tmp_path: Path) -> None:
    hand_table(tmp_path / "a_predictions.csv", ROWS[0], ROWS[1].replace("0.6", "1e39"))
    assert "line 3: confidence is inf, not a number" in refused(tmp_path)


def test_scores_missing_from_single_rows_are_refused_in_joined_tables_too(tmp_path: Path) -> None:
    other_columns_in_each(tmp_path / "results")
    vidclf.join_tables(tmp_path / "results", tmp_path / "all.csv")
    lines = (tmp_path / "all.csv").read_text("utf-8").split("\n")
    lines[10] = ",".join([*lines[10].split(",")[:-1], ""])
    cells = lines[10].split(",")
    place = lines[0].split(",").index("score_cat")
    cells[place] = ""
    lines[10] = ",".join(cells)
    (tmp_path / "all.csv").write_text("\n".join(lines), "utf-8")
    with pytest.raises(SourceError, match="line 11: score_cat is nan, not a number"):
        vidclf.read_predictions(tmp_path / "all.csv")


def test_labels_stand_for_themselves(tmp_path: Path) -> None:
    assert "naïve, 猫" in LABELS
    run_table(tmp_path / "a_predictions.csv", class_rows(video='a "b", c\nd.mp4'))
    vidclf.join_tables(tmp_path, tmp_path / "all.csv")
    read = vidclf.read_predictions(tmp_path / "all.csv")
    assert read["video"].unique().tolist() == ['a "b", c\nd.mp4']
    assert set(read["label"]) <= set(LABELS)
    assert np.isfinite(read["confidence"]).all()
