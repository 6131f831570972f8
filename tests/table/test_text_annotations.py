"""Rows of text or of a data frame, as MoviePy programs have them: what is shown at each."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.errors import SourceError
from vidclf.table import annotations_from_rows, read_annotations


def test_columns_may_stand_in_any_order_among_others(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("note,confidence,label,timestamp\nx,0.5,cat,1.5\n", encoding="utf-8-sig")
    (annotation,) = read_annotations(path)
    assert (annotation.pts_seconds, annotation.answers[0].label) == (1.5, "cat")


def test_a_label_corrected_by_hand_has_its_own_class() -> None:
    cells = [("cat", 0), ("cat", 0), ("dog", 0), ("dog", 1), ("dog", 1)]
    rows = [
        {"timestamp": float(i), "label": label, "class_id": class_id, "confidence": 0.9}
        for i, (label, class_id) in enumerate(cells)
    ]
    assert [one.answers[0].class_id for one in annotations_from_rows(rows)] == [0, 0, 1, 1, 1]


def test_runners_up_end_at_the_first_empty_cell() -> None:
    row = {
        **{"timestamp": "0.0", "label": "cat", "confidence": "0.5"},
        **{"top2_label": "", "top2_confidence": "", "top3_label": "dog", "top3_confidence": "0.1"},
    }
    (annotation,) = annotations_from_rows([row])
    assert [answer.label for answer in annotation.answers] == ["cat"]


def test_a_score_of_a_label_that_does_not_count_may_be_missing() -> None:
    row = {"timestamp": "0.0", "label": "cat", "confidence": "0.9", "labels": "cat"}
    (annotation,) = annotations_from_rows([{**row, "score_cat": "0.9", "score_dog": ""}])
    assert [answer.label for answer in annotation.answers] == ["cat"]


def test_what_spreadsheets_save_is_read(tmp_path: Path) -> None:
    lines = ("timestamp,label,confidence,class_id", '"0","a","0.5","1.0",', " ", "1,b,0.5,2.0,x")
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    read = read_annotations(tmp_path / "a.csv")
    assert [one.answers[0].class_id for one in read] == [1, 2]


def test_no_rows_show_nothing() -> None:
    assert annotations_from_rows([]) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label,confidence\ncat,0.5\n", r"a\.csv has no column timestamp: its columns must be"),
        ("timestamp,label,confidence\n0.0,cat,high\n", r"a\.csv, line 2: confidence is 'high'"),
        ("timestamp,label,confidence\nnan,cat,0.5\n", "timestamp is 'nan', not a number"),
        ("timestamp,label,confidence\n0.0,cat\n", "line 2: confidence is '', not a number"),
        ("timestamp,label,confidence\n1_0,cat,0.5\n", "line 2: timestamp is '1_0', not a number"),
        ("timestamp,label,confidence\n\n1e300,cat,0.5\n", "line 3: timestamp is '1e300', not a"),
        ("timestamp,label,confidence\n0,cat,70\n", "line 2: confidence is '70', not a score of"),
        ("timestamp,label,confidence,class_id\n0,cat,0,x\n", "line 2: class_id is 'x', not a num"),
        ("timestamp,label,confidence,top2_label\n0,a,0,b\n", "top2_label and no top2_confidence"),
    ],
)
def test_a_table_that_is_not_right_is_explained(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(SourceError, match=message):
        read_annotations(tmp_path / "a.csv")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\x01"])
def test_a_table_that_cannot_be_read_is_explained(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(SourceError, match=r"cannot read the table .* is it a UTF-8 CSV"):
        read_annotations(tmp_path / "a.csv")
