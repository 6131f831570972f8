"""What stands in a cell: the same number as text, alone and in an array."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.table.cells import (
    csv_writer,
    open_csv,
    rounded_score,
    rounded_scores,
    rounded_seconds,
    score_text,
    timestamp_text,
)

SCORES = st.floats(0, 1, width=32)


@given(SCORES)
def test_a_score_reads_back_from_its_text_as_it_was_rounded(score: float) -> None:
    assert float(score_text(score)) == rounded_score(score)


@given(st.lists(SCORES, max_size=20))
def test_scores_are_rounded_alike_in_an_array_and_alone(scores: list[float]) -> None:
    array = np.array(scores, np.float32)
    assert rounded_scores(array).tolist() == [rounded_score(score) for score in scores]
    assert array.tolist() == scores


@given(st.floats(-1e5, 1e5))
def test_a_time_reads_back_from_its_text_as_it_was_rounded(seconds: float) -> None:
    assert float(timestamp_text(seconds)) == rounded_seconds(seconds)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0.0"), (12.5, "12.5"), (1 / 24, "0.041666667"), (-0.25, "-0.25")]
)
def test_times_have_no_more_decimals_than_they_need(seconds: float, text: str) -> None:
    assert timestamp_text(seconds) == text


def test_lines_end_alike_on_every_system(tmp_path: Path) -> None:
    with open_csv(tmp_path / "a.csv") as file:
        csv_writer(file).writerows([["a", "b, c"], ["猫", ""]])
    assert (tmp_path / "a.csv").read_bytes() == 'a,"b, c"\n猫,\n'.encode()
