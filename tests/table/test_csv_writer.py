"""The table as pandas reads it, read back as moments."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf import read_predictions
from vidclf.core.frames import Prediction
from vidclf.errors import OutputError
from vidclf.table import ClassRows, timestamp_text
from vidclf.table.csv_writer import TableSink

LABELS = ("cat", 'dog, "big"', "crane", "crane", "naïve\n猫")


def prediction(index: int = 0, **changes: Any) -> Prediction:
    known = {
        "index": index,
        "pts_seconds": index / 24,
        "scores": np.array([0.1, 0.5, 0.2, 0.15, 0.05], np.float32),
        "raw": np.array([0.05, 0.05, 0.05, 0.1, 0.75], np.float32),
    }
    return Prediction(**(known | changes))


def written(path: Path, *predictions: Prediction, **changes: Any) -> Path:
    with TableSink(path, rows=ClassRows(video="a.mp4", labels=LABELS, **changes)) as table:
        for one in predictions:
            table.write(one)
    return path


def test_the_text_is_as_documented(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", prediction(0), prediction(1, inferred=False))
    assert path.read_bytes().decode() == (
        "video,frame,timestamp,inferred,label,class_id,confidence,raw_label,raw_confidence,"
        "top2_label,top2_confidence,top3_label,top3_confidence\n"
        'a.mp4,0,0.0,TRUE,"dog, ""big""",1,0.500000,"naïve\n猫",0.750000,'
        "crane,0.200000,crane,0.150000\n"
        'a.mp4,1,0.041666667,FALSE,"dog, ""big""",1,0.500000,"naïve\n猫",0.750000,'
        "crane,0.200000,crane,0.150000\n"
    )


def test_a_line_end_of_any_kind_in_a_label_is_quoted(tmp_path: Path) -> None:
    labels = ["a\rb", "c\r\nd", "e\nf"]
    rows = ClassRows(video="a.mp4", labels=labels, top_k=1)
    with TableSink(tmp_path / "a.csv", rows=rows) as table:
        for best in range(3):
            scores = np.eye(3, dtype=np.float32)[best]
            table.write(prediction(best, scores=scores, raw=scores))
    assert read_predictions(tmp_path / "a.csv")["label"].tolist() == labels
    assert len((tmp_path / "a.csv").read_bytes().split(b"TRUE")) == 4


def test_pandas_reads_types_and_labels_back(tmp_path: Path) -> None:
    table = pd.read_csv(written(tmp_path / "a.csv", *(prediction(n) for n in range(5))))
    kinds = {name: table[name].dtype.kind for name in ("frame", "timestamp", "class_id")}
    assert kinds == {"frame": "i", "timestamp": "f", "class_id": "i"}
    assert table["inferred"].dtype == bool
    assert set(table["raw_label"]) == {LABELS[4]}


def test_all_scores_get_one_column_each_and_equal_labels_their_class_id(tmp_path: Path) -> None:
    table = pd.read_csv(written(tmp_path / "a.csv", prediction(), all_scores=True, top_k=1))
    assert list(table.columns[9:]) == [
        "score_cat",
        'score_dog, "big"',
        "score_crane_2",
        "score_crane_3",
        "score_naïve\n猫",
    ]
    assert table.iloc[0, 9:].tolist() == [0.1, 0.5, 0.2, 0.15, 0.05]


def test_top_k_is_never_more_than_there_are_labels() -> None:
    rows = ClassRows(video="a", labels=["a", "b"], top_k=5)
    assert rows.header()[9:] == ["top2_label", "top2_confidence"]


def test_values_are_the_same_row_before_it_becomes_text() -> None:
    rows = ClassRows(video="a.mp4", labels=LABELS, top_k=2)
    confidence, runner_up = (float(score) for score in prediction().scores[[1, 2]])
    assert rows.values(prediction()) == [
        "a.mp4", 0, 0.0, True, LABELS[1], 1, confidence, LABELS[4], 0.75, "crane", runner_up
    ]  # fmt: skip


def test_every_row_is_as_long_as_the_header() -> None:
    rows = ClassRows(video="a", labels=LABELS, top_k=9, all_scores=True)
    assert len(rows.row(prediction())) == len(rows.header())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.0"), (12.5, "12.5"), (100.0, "100.0"), (1 / 24, "0.041666667"), (1e-9, "0.000000001"),
     (-0.25, "-0.25")],
)  # fmt: skip
def test_timestamps_have_one_to_nine_decimals(seconds: float, text: str) -> None:
    assert timestamp_text(seconds) == text


@given(ticks=st.integers(0, 10**9), rate=st.sampled_from([24, 25, 600, 1000, 90_000]))
def test_timestamps_are_right_to_the_nanosecond(ticks: int, rate: int) -> None:
    exact = Fraction(ticks, rate)
    assert abs(Fraction(timestamp_text(float(exact))) - exact) < Fraction(1, 10**8)


def test_a_full_disk_is_an_output_error() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("only Linux has /dev/full")
    with pytest.raises(OutputError, match=r"cannot write the table /dev/full \(No space left"):
        written(full, *(prediction(n) for n in range(1000)))
