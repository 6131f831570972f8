"""Tables from vidclf, spreadsheets and other hands, read as typed DataFrames or refused."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vidclf
from vidclf.core.frames import Prediction
from vidclf.errors import SourceError, UsageError
from vidclf.table import ClassRows, LabelRows, RowFormat, ValueRows
from vidclf.table.csv_writer import TableSink

HEADER = "video,frame,timestamp,inferred,label,class_id,confidence,raw_label,raw_confidence"
ROWS = (
    "a.mp4,0,0.0,True,cat,0,0.900000,cat,0.800000",
    "a.mp4,1,0.04,True,cat,0,0.800000,dog,0.700000",
    "a.mp4,2,0.08,False,dog,1,0.700000,dog,0.600000",
)


def table(folder: Path, *rows: str, header: str = HEADER, name: str = "a_predictions.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *(rows or ROWS)]) + "\n", encoding="utf-8")
    return path


def written(path: Path, rows: RowFormat, scores: Sequence[Sequence[float]]) -> Path:
    with TableSink(path, rows=rows) as sink:
        for index, some in enumerate(scores):
            values = np.array(some, np.float32)
            sink.write(
                Prediction(index=index, pts_seconds=index / 24, scores=values, raw=values.copy())
            )
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        vidclf.read_predictions(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- what is read ------------------------------------------------------------------------------


def test_the_types_are_those_that_are_promised(tmp_path: Path) -> None:
    rows = ClassRows(video="a.mp4", labels=["cat", "dog"], top_k=2, all_scores=True)
    read = vidclf.read_predictions(written(tmp_path / "a.csv", rows, [[0.25, 0.75]] * 3))
    assert {column: str(kind) for column, kind in read.dtypes.items()} == {
        "video": "category",
        "frame": "int64",
        "timestamp": "float64",
        "inferred": "bool",
        "label": "category",
        "class_id": "int32",
        "confidence": "float32",
        "raw_label": "category",
        "raw_confidence": "float32",
        "top2_label": "category",
        "top2_confidence": "float32",
        "score_cat": "float32",
        "score_dog": "float32",
    }


def test_a_multi_label_table_keeps_its_empty_lists(tmp_path: Path) -> None:
    rows = LabelRows(video="a.mp4", labels=["cat", "dog"], thresholds=[0.5, 0.5])
    read = vidclf.read_predictions(written(tmp_path / "a.csv", rows, [[0.1, 0.2], [0.9, 0.8]]))
    assert read["labels"].tolist() == ["", "cat; dog"]
    assert read["labels"].dtype == "category"


def test_values_have_numbers_under_any_name(tmp_path: Path) -> None:
    names = ["label", "confidence", "score_x", "frame"]
    rows = ValueRows(video="a.mp4", names=names)
    values = [[1.5, 1e-6, -3e8, 0.1]]
    read = vidclf.read_predictions(written(tmp_path / "a.csv", rows, values))
    for name, value in zip(names, values[0], strict=True):
        assert read[f"value_{name}"].tolist() == read[f"raw_{name}"].tolist() == [np.float32(value)]
        assert read[f"raw_{name}"].dtype == "float32"


@given(texts=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5, unique=True))
@settings(max_examples=60, deadline=None)
def test_labels_of_any_text_come_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    labels = [re.sub("\0", "\n", text.encode(errors="ignore").decode()) for text in texts]
    rows = ClassRows(video="a.mp4", labels=labels, top_k=1)
    scores = np.eye(len(labels)).tolist()
    path = written(tmp_path_factory.mktemp("t") / "a.csv", rows, scores)
    assert vidclf.read_predictions(path)["label"].tolist() == labels


FORMULAS = ["=1+1", '=HYPERLINK("http://x","y")', "+1", "-cat", "@SUM(1)", "\tcat", "\rcat", "'=x"]


@pytest.mark.parametrize(
    "label", ["NA", "None", "nan", "1", "01", "TRUE", "", 'a "b", c', "a\nb", *FORMULAS]
)
def test_labels_stay_text(tmp_path: Path, label: str) -> None:
    rows = ClassRows(video="a.mp4", labels=[label, "dog"])
    path = written(tmp_path / "a.csv", rows, [[0.9, 0.1], [0.1, 0.9]])
    assert vidclf.read_predictions(path)["label"].tolist() == [label, "dog"]
    assert pd.read_csv(path, keep_default_na=False, dtype=str)["label"].tolist() == [label, "dog"]


def test_what_a_spreadsheet_saves_reads_the_same(tmp_path: Path) -> None:
    plain = vidclf.read_predictions(table(tmp_path))
    text = "\n".join([HEADER, *ROWS]).replace("True", "TRUE").replace("False", "FALSE")
    path = tmp_path / "b_predictions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    pd.testing.assert_frame_equal(vidclf.read_predictions(path), plain)


def test_tables_of_earlier_versions_are_read(tmp_path: Path) -> None:
    read = vidclf.read_predictions(table(tmp_path))
    assert read["inferred"].tolist() == [True, True, False]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    plain = vidclf.read_predictions(table(tmp_path))
    turned = tmp_path / "b.csv"
    pd.read_csv(tmp_path / "a_predictions.csv").iloc[:, ::-1].to_csv(turned, index=False)
    read = vidclf.read_predictions(turned)
    pd.testing.assert_frame_equal(read[plain.columns], plain)


def test_other_columns_are_as_pandas_reads_them(tmp_path: Path) -> None:
    rows = [f"{row},{extra}" for row, extra in zip(ROWS, ["1.5,x", ",", "2,y"], strict=True)]
    read = vidclf.read_predictions(table(tmp_path, *rows, header=HEADER + ",raw_speed,note"))
    assert read["raw_speed"].tolist()[::2] == [1.5, 2.0]
    assert read["raw_speed"].isna().tolist() == [False, True, False]
    assert read["note"].isna().tolist() == [False, True, False]


def test_missing_runners_up_are_missing(tmp_path: Path) -> None:
    rows = [f"{row},{more}" for row, more in zip(ROWS, ["dog,0.1", ",", "cat,0.2"], strict=True)]
    read = vidclf.read_predictions(
        table(tmp_path, *rows, header=HEADER + ",top2_label,top2_confidence")
    )
    assert read["top2_label"].isna().tolist() == [False, True, False]
    assert read["top2_confidence"].isna().tolist() == [False, True, False]


def test_timestamps_are_the_doubles_nearest_to_the_text(tmp_path: Path) -> None:
    texts = [f"{n * 1001 / 30000:.9f}" for n in range(2000)]
    rows = [f"a.mp4,{n},{t},True,cat,0,0.5,cat,0.5" for n, t in enumerate(texts)]
    read = vidclf.read_predictions(table(tmp_path, *rows))
    np.testing.assert_allclose(read["timestamp"], [float(t) for t in texts], rtol=0, atol=1e-12)


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a.mp4,2,nan,True,dog,1,0.7,dog,0.6", "line 4: timestamp is 'nan', not a number"),
        ("a.mp4,2,0.08,True,dog,1,inf,dog,0.6", "line 4: confidence is inf, not a number"),
        ("a.mp4,2,0.08,True,dog,1,1e39,dog,0.6", "line 4: confidence is inf, not a number"),
        ("a.mp4,2,0.08,True,dog,1,,dog,0.6", "line 4: confidence is '', not a number"),
        ("a.mp4,2,0.08,True,dog,1,70%,dog,0.6", "line 4: confidence is '70%', not a number"),
        ("a.mp4,2,0.08,True,dog,1,70,dog,0.6", "line 4: confidence is 70.0, not a score of 0 to 1"),
        ("a.mp4,2,0.08,True,dog,1,78.535,dog,0.6", "line 4: confidence is 78.535, not a score"),
        ("a.mp4,2,0.08,True,dog,1,-0.5,dog,0.6", "confidence is -0.5, not a score of 0 to 1"),
        ("a.mp4,2,0.08,maybe,dog,1,0.7,dog,0.6", "inferred is 'maybe', not True or False"),
        ("a.mp4,2.5,0.08,True,dog,1,0.7,dog,0.6", "frame is '2.5', not a whole number"),
        ("a.mp4,,0.08,True,dog,1,0.7,dog,0.6", "frame is '', not a whole number"),
        (f"a.mp4,{10**20},0.08,True,dog,1,0.7,dog,0.6", "not a whole number"),
        ("a.mp4,-inf,0.08,True,dog,1,0.7,dog,0.6", "frame is '-inf', not a whole number"),
        ("a.mp4,2,0.08,True,dog,one,0.7,dog,0.6", "class_id is 'one', not a whole number"),
        ("a.mp4,2,0.08,True,do", "line 4: class_id is '', not a whole number"),
        ("a.mp4,2,0.08,True,dog,1,0.7,dog,0.6,9", "Expected 9 fields in line 4, saw 10"),
        ("a.mp4,1,0.08,True,dog,1,0.7,dog,0.6", "line 4: frame 1 stands twice; drop one"),
        ("a.mp4,0,0.08,True,dog,1,0.7,dog,0.6", "line 4: frame 0 stands behind frame 1; sort"),
        ("a.mp4,2,0.04,True,dog,1,0.7,dog,0.6", "line 4: the timestamp 0.04 of frame 2 is not"),
        ("a.mp4,2,0.0400000001,True,dog,1,0.7,dog,0.6", "frame 2 is not a nanosecond above 0.04"),
        ("a.mp4,2,1e300,True,dog,1,0.7,dog,0.6", "line 4: timestamp is 1e+300, not a time in a"),
        ("a.mp4,2,1e400,True,dog,1,0.7,dog,0.6", "line 4: timestamp is inf, not a number"),
        ("a.mp4,2,3.1e9,True,dog,1,0.7,dog,0.6", "line 4: timestamp is 3100000000.0, not a time"),
        ("a.mp4,2,\u0661,True,dog,1,0.7,dog,0.6", "line 4: timestamp is '\u0661', not a number"),
        (f"a.mp4,2,0.08,True,dog,{2**31},0.7,dog,0.6", "line 4: class_id is '2147483648', not a"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, row: str, said: str) -> None:
    path = table(tmp_path, *ROWS[:2], row)
    assert said in refusal(path)
    assert str(path) in refusal(path)


def test_a_missing_runner_up_is_not_blamed(tmp_path: Path) -> None:
    header = HEADER + ",top2_label,top2_confidence"
    rows = [f"{ROWS[0]},,", "a.mp4,1,0.04,True,cat,0,x,dog,0.7,,"]
    assert "line 3: confidence is 'x'" in refusal(table(tmp_path, *rows, header=header))


def test_the_line_is_that_of_the_text_editor(tmp_path: Path) -> None:
    broken = 'a.mp4,1,0.04,True,"c\na\nt",0,0.8,"d\nog",0.7'
    path = table(tmp_path, ROWS[0], broken, " ", "a.mp4,2,0.08,True,dog,1,x,dog,0.6")
    text = path.read_text(encoding="utf-8").split("\n")
    assert ",x," in text[8 - 1]
    assert "line 8: confidence is 'x'" in refusal(path)


def test_rows_of_a_clip_must_stand_together(tmp_path: Path) -> None:
    path = table(tmp_path, ROWS[0], ROWS[1].replace("a.mp4", "b.mp4"), ROWS[2])
    assert "line 4: rows of a.mp4 stand apart from its others; sort" in refusal(path)


@pytest.mark.parametrize("missing", ["video", "frame", "timestamp", "label", "confidence"])
def test_a_renamed_column_is_missing(tmp_path: Path, missing: str) -> None:
    header = ",".join(f"my {c}" if c == missing else c for c in HEADER.split(","))
    said = refusal(table(tmp_path, header=header))
    assert f"has no column {missing}: it has" in said
    assert f"my {missing}" in said


@pytest.mark.parametrize(
    ("renamed", "said"),
    [
        ("top2_confidence", "the column top2_label and no top2_confidence: give that its name"),
        ("top2_label", "the column top2_confidence and no top2_label: give that its name back"),
        ("top3_label", "the column top3_confidence and no top3_label: give that its name back"),
    ],
)
def test_a_renamed_runner_up_is_missing(tmp_path: Path, renamed: str, said: str) -> None:
    more = ["top2_label", "top2_confidence", "top3_label", "top3_confidence"]
    header = ",".join([HEADER, *(f"my {name}" if name == renamed else name for name in more)])
    assert said in refusal(table(tmp_path, *(f"{row},a,0.1,b,0" for row in ROWS), header=header))


def test_a_rank_goes_with_the_one_above_it(tmp_path: Path) -> None:
    header = HEADER + ",top3_label,top3_confidence"
    said = refusal(table(tmp_path, *(f"{row},b,0.1" for row in ROWS), header=header))
    assert "the column top3_label and no top2_label" in said


def test_a_doubled_column_is_refused(tmp_path: Path) -> None:
    rows = [f"{row},x" for row in ROWS]
    said = refusal(table(tmp_path, *rows, header=HEADER + ",label"))
    assert "has the column 'label' twice: drop one" in said


def test_commas_at_the_ends_of_rows_do_not_shift_columns(tmp_path: Path) -> None:
    said = refusal(table(tmp_path, *(row + "," for row in ROWS)))
    assert "line 2: 10 cells under 9 columns" in said


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_are_named(tmp_path: Path, mark: str) -> None:
    path = table(
        tmp_path, *(row.replace(",", mark) for row in ROWS), header=HEADER.replace(",", mark)
    )
    assert f"separated by {mark!r}, save it with commas and decimal points" in refusal(path)


def test_separators_are_named_where_decimals_have_commas_too(tmp_path: Path) -> None:
    path = table(tmp_path, "a.mp4;0;0,0;WAHR;cat;0;0,9;cat;0,9", header=HEADER.replace(",", ";"))
    assert "its columns are separated by ';'" in refusal(path)


def test_decimals_with_commas_are_told_of(tmp_path: Path) -> None:
    path = table(tmp_path, *ROWS[:2], 'a.mp4,2,"0,08",True,dog,1,0.7,dog,0.6')
    said = refusal(path)
    assert "line 4: timestamp is '0,08', not a number; write decimals with a point" in said


@pytest.mark.parametrize("coding", ["utf-16", "latin-1"])
def test_other_encodings_are_refused(tmp_path: Path, coding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join([HEADER, *ROWS]).replace("dog", "köter").encode(coding))
    assert "save it as a CSV in UTF-8, with commas" in refusal(path)


def test_a_clip_in_place_of_its_table_is_told_as_none(clip: Path) -> None:
    assert refusal(clip) == f"{clip} is no table: name a …_predictions.csv or .parquet"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (HEADER.encode() + b"\n", "has no rows"),
        (b"\x00\x01\x02\xff", "cannot read the table"),
        (b'video,"frame', "has no column"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert said in refusal(path)


def test_an_unclosed_quote_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, *ROWS[:2], ROWS[2].replace("dog", '"dog'))
    assert str(path) in refusal(path)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.csv")
    assert "too long" in refusal(tmp_path / ("n" * 300 + ".csv"))


# --- several at once ---------------------------------------------------------------------------


def test_a_folder_stands_for_the_tables_in_it_and_below(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "c_predictions.csv").mkdir()
    table(tmp_path)
    table(tmp_path / "b", *(row.replace("a.mp4", "b.mp4") for row in ROWS))
    table(tmp_path, name="a_segments.csv")
    read = vidclf.read_predictions(tmp_path)
    assert read["video"].tolist() == ["a.mp4"] * 3 + ["b.mp4"] * 3
    assert read["video"].dtype == "category"
    assert read.index.tolist() == list(range(6))


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    assert "holds no table: their names end in _predictions.parquet" in refusal(tmp_path)


def test_no_table_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="no table was given"):
        vidclf.read_predictions([])


def test_a_column_that_one_table_lacks_is_missing_there(tmp_path: Path) -> None:
    one = written(
        tmp_path / "a.csv", ClassRows(video="a", labels=["cat", "dog", "cup"]), [[0.5, 0.3, 0.2]]
    )
    header = "video,frame,timestamp,label,confidence,note"
    two = table(tmp_path, "b,0,0.0,cow,0.5,x", header=header)
    read = vidclf.read_predictions([one, two])
    assert read["label"].tolist() == ["cat", "cow"]
    assert read["top3_label"].tolist()[0] == "cup"
    assert read["top3_label"].isna().tolist() == [False, True]
    assert read["top3_confidence"].isna().tolist() == [False, True]
    assert read["note"].isna().tolist() == [True, False]
    assert read["class_id"].tolist() == [0, -1]
    assert read["inferred"].tolist() == [True, True]
    whole = vidclf.read_predictions(one)
    assert read.dtypes[whole.columns].astype(str).equals(whole.dtypes.astype(str))


def test_tables_of_other_models_are_joined_without_a_warning(tmp_path: Path) -> None:
    many = [f"label {n}" for n in range(150)]
    rows = ClassRows(video="b", labels=many, all_scores=True)
    other = written(tmp_path / "b.csv", rows, np.eye(150)[:2].tolist())
    read = vidclf.read_predictions([table(tmp_path), other])
    assert read["score_label 1"].isna().tolist() == [True] * 3 + [False] * 2
    assert read["score_label 1"].dtype == "float32"


def test_tables_of_two_kinds_are_not_joined(tmp_path: Path) -> None:
    values = written(tmp_path / "v.csv", ValueRows(video="v", names=["speed"]), [[1.0]])
    with pytest.raises(
        UsageError, match=r"is a table of values and .* one of classes: name tables of"
    ):
        vidclf.read_predictions([table(tmp_path), values])


def test_two_tables_of_one_clip_are_not_joined(tmp_path: Path) -> None:
    table(tmp_path)
    table(tmp_path, name="b_predictions.csv")
    with pytest.raises(UsageError, match=r"a.mp4 stands in .*a_pred.* and in .*b_pred"):
        vidclf.read_predictions(tmp_path)


# --- Parquet -----------------------------------------------------------------------------------


def parquet(path: Path, frame: pd.DataFrame) -> Path:
    frame.to_parquet(path)
    return path


def test_parquet_reads_as_the_csv_does(tmp_path: Path) -> None:
    read = vidclf.read_predictions(table(tmp_path))
    path = parquet(tmp_path / "a_predictions.PARQUET", pd.read_csv(tmp_path / "a_predictions.csv"))
    pd.testing.assert_frame_equal(vidclf.read_predictions(path), read)


def test_of_two_forms_of_a_table_parquet_is_read(tmp_path: Path) -> None:
    table(tmp_path)
    frame = vidclf.read_predictions(tmp_path).assign(confidence=np.float32(0.5))
    parquet(tmp_path / "a_predictions.parquet", frame)
    assert vidclf.read_predictions(tmp_path)["confidence"].tolist() == [0.5] * 3


def test_a_csv_that_was_mended_since_is_read_instead(tmp_path: Path) -> None:
    frame = vidclf.read_predictions(table(tmp_path)).assign(confidence=np.float32(0.5))
    run = parquet(tmp_path / "a_predictions.parquet", frame)
    written = run.stat().st_mtime
    os.utime(table(tmp_path), (written + 60, written + 60))
    assert vidclf.read_predictions(tmp_path)["confidence"].tolist() != [0.5] * 3


def test_a_missing_parquet_file_is_missing(tmp_path: Path) -> None:
    assert "(No such file or directory)" in refusal(tmp_path / "none.parquet")


def test_parquet_may_have_numbers_as_labels_and_an_index(tmp_path: Path) -> None:
    frame = pd.read_csv(table(tmp_path)).assign(label=[7, 7, 8]).set_index(["video", "frame"])
    read = vidclf.read_predictions(parquet(tmp_path / "b.parquet", frame))
    assert read["label"].tolist() == ["7", "7", "8"]
    assert read["frame"].tolist() == [0, 1, 2]


def test_parquet_may_have_whole_numbers_as_floats_and_truth_as_numbers(tmp_path: Path) -> None:
    read = vidclf.read_predictions(table(tmp_path))
    frame = pd.read_csv(tmp_path / "a_predictions.csv")
    frame = frame.assign(frame=frame["frame"].astype(float), inferred=[1, 1, 0])
    pd.testing.assert_frame_equal(
        vidclf.read_predictions(parquet(tmp_path / "b.parquet", frame)), read
    )


def test_labels_that_parquet_lacks_are_empty(tmp_path: Path) -> None:
    frame = pd.read_csv(table(tmp_path)).assign(raw_label=["cat", None, None])
    read = vidclf.read_predictions(parquet(tmp_path / "b.parquet", frame))
    assert read["raw_label"].tolist() == ["cat", "", ""]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"inferred": ["True", "False", "True"]}, "column inferred holds str, not bool"),
        ({"frame": [0.0, 1.0, 2.5]}, "row 2 from 0: frame is 2.5, not a whole number"),
        ({"class_id": [0, 1, 2**31]}, "row 2 from 0: class_id is 2147483648, not a whole number"),
        ({"inferred": [1, 0, 2]}, "row 2 from 0: inferred is 2, not True or False"),
        ({"inferred": [True, None, False]}, "row 1 from 0: inferred is missing, not True or False"),
        ({"confidence": [0.5, 1e300, 0.5]}, "row 1 from 0: confidence is inf, not a number"),
        ({"frame": pd.array([0, None, 2], "Int64")}, "row 1 from 0: frame is missing"),
        ({"confidence": ["a", "b", "c"]}, "column confidence holds str, not float32"),
        ({"confidence": [0.5, np.nan, 0.5]}, "row 1 from 0: confidence is nan, not a number"),
    ],
)
def test_a_wrong_parquet_column_is_named(tmp_path: Path, changes: dict, said: str) -> None:
    frame = pd.read_csv(table(tmp_path)).assign(**changes)
    assert said in refusal(parquet(tmp_path / "b.parquet", frame)).replace("object", "str")


def test_labels_that_are_lists_are_refused(tmp_path: Path) -> None:
    frame = pd.read_csv(table(tmp_path)).assign(label=[["cat"], ["cat", "dog"], []])
    said = refusal(parquet(tmp_path / "b.parquet", frame))
    assert said.endswith("the column label holds lists, not texts; convert it before writing")


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 or not")
    assert "is it a Parquet file?" in refusal(path)
