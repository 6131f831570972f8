"""One rule says what is shown at a row: run, text, data frame and opened table agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vidclf.core.annotation import Annotation, Answer
from vidclf.core.frames import Prediction, Scores
from vidclf.core.thresholds import holding_answers
from vidclf.table import (
    ClassRows,
    LabelRows,
    RowFormat,
    ValueRows,
    annotations_from_rows,
    read_annotations,
)
from vidclf.table.annotations import label_annotation, ranked_annotation
from vidclf.table.column_annotations import AnnotationRows, annotation_rows
from vidclf.table.csv_writer import TableSink
from vidclf.table.read import read_predictions
from vidclf.table.table import open_table

NAMES = ("cat", "big; dog", "naïve, 猫", "01")
MILLIONTHS = st.integers(0, 10**6).map(lambda millionths: millionths / 10**6)
SCORES = st.integers(1, 12).flatmap(
    lambda frames: arrays(np.float32, (frames, len(NAMES)), elements=MILLIONTHS.map(np.float32))
)
VALUES = st.integers(1, 12).flatmap(
    lambda frames: arrays(
        np.float32,
        (frames, len(NAMES)),
        elements=st.floats(-(2**80), 2**80, allow_subnormal=False, width=32),
    )
)
THRESHOLDS = st.tuples(*[MILLIONTHS] * len(NAMES))


def predictions_of(scores: Scores) -> list[Prediction]:
    return [
        Prediction(index=i, pts_seconds=round(i / 24, 9), scores=row, raw=row)
        for i, row in enumerate(scores)
    ]


def written(folder: str, rows: RowFormat, predictions: Sequence[Prediction]) -> Path:
    path = Path(folder) / "a_predictions.csv"
    with TableSink(path, rows=rows) as table:
        for prediction in predictions:
            table.write(prediction)
    return path


def every_way(path: Path) -> dict[str, list[Annotation]]:
    """What is shown at the rows of a table, by the way it is read."""
    rows = annotation_rows(open_table(path))
    return {
        "text": read_annotations(path),
        "data frame": annotations_from_rows(read_predictions(path).to_dict("records")),
        "opened": all_annotations(rows),
    }


def all_annotations(rows: AnnotationRows) -> list[Annotation]:
    return [rows.annotation(row) for row in range(len(rows))]


def assert_one_rule(rows: RowFormat, scores: Scores) -> None:
    """All ways show what the run showed."""
    predictions = predictions_of(scores)
    expected = [rows.annotation(prediction) for prediction in predictions]
    with TemporaryDirectory() as folder:
        ways = every_way(written(folder, rows, predictions))
    assert ways == dict.fromkeys(ways, expected)


@given(scores=SCORES, top_k=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_one_label_a_frame_is_shown_alike(scores: Scores, top_k: int) -> None:
    assert_one_rule(ClassRows(video="a", labels=NAMES, top_k=top_k, all_scores=True), scores)


@given(scores=SCORES, thresholds=THRESHOLDS)
@settings(max_examples=60, deadline=None)
def test_several_labels_a_frame_are_shown_alike(scores: Scores, thresholds: list[float]) -> None:
    assert_one_rule(LabelRows(video="a", labels=NAMES, thresholds=thresholds), scores)


@given(numbers=VALUES)
@settings(max_examples=60, deadline=None)
def test_values_are_shown_alike(numbers: Scores) -> None:
    assert_one_rule(ValueRows(video="a", names=NAMES), numbers)


@given(scores=SCORES, run=THRESHOLDS, later=THRESHOLDS)
@settings(max_examples=60, deadline=None)
def test_thresholds_given_later_count_as_if_the_run_had_had_them(
    scores: Scores, run: list[float], later: list[float]
) -> None:
    predictions = predictions_of(scores)
    threshold_of = dict(zip(NAMES, later, strict=True)).get
    with TemporaryDirectory() as folder:
        rows = LabelRows(video="a", labels=NAMES, thresholds=run)
        table = open_table(written(folder, rows, predictions))
    annotations = all_annotations(annotation_rows(table, threshold_of=threshold_of))
    as_run = LabelRows(video="a", labels=NAMES, thresholds=later)
    assert annotations == [as_run.annotation(prediction) for prediction in predictions]


@given(scores=SCORES, is_exclusive=st.booleans(), thresholds=THRESHOLDS)
@settings(max_examples=60, deadline=None)
def test_the_labels_that_hold_are_those_that_are_shown_as_counting(
    scores: Scores, is_exclusive: bool, thresholds: list[float]
) -> None:
    rows: RowFormat = LabelRows(video="a", labels=NAMES, thresholds=(0.5,) * len(NAMES))
    if is_exclusive:
        rows = ClassRows(video="a", labels=NAMES, all_scores=True)
    for threshold_of in (lambda _: None, dict(zip(NAMES, thresholds, strict=True)).get):
        with TemporaryDirectory() as folder:
            table = open_table(written(folder, rows, predictions_of(scores)))
        shown = annotation_rows(table, threshold_of=threshold_of)
        for row, holding in enumerate(shown.holding()):
            expected = holding_answers(shown.annotation(row), threshold_of)
            assert sorted(holding, key=str) == sorted(expected, key=str)


def answer(label: str, confidence: float = 0.5) -> Answer:
    return Answer(label=label, class_id=0, confidence=confidence)


def test_no_runner_up_is_shown_where_the_best_label_is_hidden() -> None:
    assert ranked_annotation(1.0, [None, answer("dog")]) == Annotation(pts_seconds=1.0)


def test_a_hidden_runner_up_leaves_the_others() -> None:
    shown = ranked_annotation(1.0, [answer("cat"), None, answer("sun")])
    assert [one.label for one in shown.answers] == ["cat", "sun"]


@pytest.mark.parametrize("is_ranked", [True, False])
def test_two_labels_of_one_name_stand_once_with_the_better_score(is_ranked: bool) -> None:
    answers = [answer("pet", 0.8), answer("pet", 0.6)]
    shown = ranked_annotation(0.0, answers) if is_ranked else label_annotation(0.0, answers, None)
    assert [one.confidence for one in shown.answers] == [0.8]


def test_without_any_that_counts_the_best_label_is_shown_and_is_not_sure() -> None:
    shown = label_annotation(0.0, [], answer("dog", 0.4))
    assert (shown.answers, shown.is_sure) == ((answer("dog", 0.4),), False)


def test_labels_that_count_and_are_hidden_leave_nothing_unsure() -> None:
    shown = label_annotation(0.0, [None], answer("dog"))
    assert (shown.answers, shown.is_sure) == ((), True)
