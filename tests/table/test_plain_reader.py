"""Small CSVs are read without pandas, and to the same columns; all others are left to pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.stored_tables import class_rows, label_rows, random_scores, stored, value_rows

from vidclf.table import RowFormat
from vidclf.table.columns import FrameColumns
from vidclf.table.file_formats import UnusualTableError
from vidclf.table.plain_reader import MOST_BYTES, plain_columns
from vidclf.table.read import read_table

TABLE = """video,frame,timestamp,inferred,label,class_id,confidence,top2_label,top2_confidence
a.mp4,0,0.0,TRUE,cat,0,0.700000,dog,0.200000
a.mp4,1,0.041666667,FALSE,"dog, big",1,0.600000,cat,0.300000
"""
UNUSUAL = {
    "a number that is none": ("0.700000", "0.7x"),
    "a number of many digits": ("0.041666667", "0.04166666666666667"),
    "two numbers in one cell": ("0.700000", '"0.7\n0.7"'),
    "no number": ("0.700000", ""),
    "no runner-up": ("dog,0.200000", ",0.200000"),
    "a truth value of another's": ("FALSE", "no"),
    "a missing cell": (",0.300000", ""),
    "a column of others": ("top2_confidence\n", "top2_confidence,note\n"),
    "a frame below 0": ("a.mp4,0", "a.mp4,-1"),
    "a blank line": ("0.200000\n", "0.200000\n\n"),
    "a mark of the encoding": ("video", "\ufeffvideo"),
    "a quote that does not end": ('"dog', '""dog'),
}


@pytest.mark.parametrize(
    "rows",
    [class_rows(), label_rows(), value_rows()],
)
def test_the_columns_are_those_that_pandas_reads(rows: RowFormat, tmp_path: Path) -> None:
    path = tmp_path / "clip_predictions.csv"
    stored(path, rows, [41 * i + i % 7 for i in range(200)], random_scores(7, 200))
    pd.testing.assert_frame_equal(plain_columns(path).frame(), read_table(path))


def test_texts_are_those_of_pandas(tmp_path: Path) -> None:
    path = tmp_path / "a_predictions.csv"
    path.write_text(TABLE, encoding="utf-8")
    plain, read = plain_columns(path).texts("label"), FrameColumns(read_table(path)).texts("label")
    assert plain.distinct == read.distinct == ["cat", "dog, big"]
    assert plain.codes.tolist() == read.codes.tolist() == [0, 1]


@pytest.mark.parametrize("change", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_unusual_is_left_to_pandas(change: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "a_predictions.csv"
    path.write_text(TABLE.replace(*change, 1), encoding="utf-8")
    with pytest.raises(UnusualTableError):
        plain_columns(path)


def test_a_large_table_is_left_to_pandas(tmp_path: Path) -> None:
    path = tmp_path / "a_predictions.csv"
    path.write_text(TABLE + " " * MOST_BYTES, encoding="utf-8")
    with pytest.raises(UnusualTableError):
        plain_columns(path)
