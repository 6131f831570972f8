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


def test_no_rows_show_nothing() -> None:
    assert annotations_from_rows([]) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label,confidence\ncat,0.5\n", r"a\.csv has no column timestamp: its columns must be"),
        ("timestamp,label,confidence\n0.0,cat,high\n", r"row 0 of the table .*a\.csv is not right"),
        ("timestamp,label,confidence\nnan,cat,0.5\n", "'nan' is not a number"),
        ("timestamp,label,confidence\n0.0,cat\n", "row 0 of the table .* is not right"),
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
