"""Smoothing of stored tables: each method in small, what it needs, and what it refuses."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.engines import annotated, described, tiny_network
from helpers.stored_tables import (
    LABELS,
    class_rows,
    flicker,
    label_rows,
    random_scores,
    stored,
    value_rows,
)
from hypothesis import given
from hypothesis import strategies as st

import vidclf
from vidclf.core.frames import Scores
from vidclf.errors import OutputError, SourceError, UsageError
from vidclf.smooth import SmoothingRules, smooth_table
from vidclf.smooth.intervals import AnswerIntervals
from vidclf.smooth.min_duration import without_short_runs
from vidclf.table import ClassRows
from vidclf.table.columns import FrameColumns
from vidclf.table.frame_writer import write_predictions
from vidclf.table.table import Table, open_table

ABC = ClassRows(video="a.mp4", labels=("a", "b", "c"), top_k=3)


def letters(tmp_path: Path, text: str, *, score: float = 0.8, **rules: Any) -> str:
    """The labels of frames a tenth of a second apart, before and after smoothing."""
    table = stored(tmp_path / "a_predictions.csv", ABC, *flicker(text, score=score))
    return "".join(smooth_table(table, SmoothingRules(**rules))["label"])


# --- the same as the pipeline's ----------------------------------------------------------------


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize(
    ("activation", "head", "columns"),
    [
        ("softmax", "softmax", ["confidence", "top2_confidence", "score_a", "score_d"]),
        ("sigmoid", "sigmoid", ["confidence", "top2_confidence", "score_a", "score_d"]),
        (None, "regression", ["value_a", "value_d"]),
    ],
)
def test_a_real_runs_scores_are_smoothed_as_the_run_smooths(
    clip: Path, tmp_path: Path, activation: str | None, head: str, columns: list[str], stride: int
) -> None:
    model = described(
        tiny_network(activation=activation, units=4), head=head, labels=("a", "b", "c", "d")
    )
    common = {"video": False, "stride": stride, "scores": True}
    raw = annotated(clip, tmp_path / "raw", model, smooth=0.0, **common)
    own = annotated(clip, tmp_path / "own", model, smooth=0.5, **common)
    again = vidclf.smooth_predictions(raw.outputs["table"], method="mean", window=0.5)
    expected = vidclf.read_predictions(own.outputs["table"])
    assert list(again.columns) == list(expected.columns)
    np.testing.assert_allclose(again[columns], expected[columns], rtol=1e-6, atol=1.1e-6)
    assert expected[columns[0]].nunique() > 3  # it was no still picture
    if head != "regression":
        assert again["label"].tolist() == expected["label"].tolist()


def test_a_regression_is_smoothed_from_the_models_own_values_whatever_the_run_did(
    tmp_path: Path,
) -> None:
    times, values = list(range(0, 2000, 40)), random_scores(1, 50)
    once = stored(tmp_path / "a_predictions.csv", value_rows(), times, values, window=1.0)
    plain = stored(tmp_path / "b_predictions.csv", value_rows(), times, values)
    rules = SmoothingRules(method="mean", window=0.4)
    pd.testing.assert_frame_equal(smooth_table(once, rules), smooth_table(plain, rules))


# --- exponential -------------------------------------------------------------------------------


def values_of(tmp_path: Path, times: list[int], values: list[float]) -> Table:
    scores: Scores = np.repeat(np.float32(values)[:, None], len(LABELS), axis=1)
    return stored(tmp_path / "a_predictions.csv", value_rows(), times, scores)


def test_after_a_half_life_half_of_a_step_is_left(tmp_path: Path) -> None:
    table = values_of(tmp_path, [0, 200, 400, 1000], [1, 0, 0, 0])
    rows = smooth_table(table, SmoothingRules(method="exponential", half_life=0.2))
    assert rows["value_cat"].tolist() == [1, 0.5, 0.25, 0.03125]


@given(gaps=st.lists(st.integers(1, 300), min_size=1, max_size=20), half_life=st.integers(1, 2000))
def test_more_frames_of_the_same_picture_do_not_make_it_faster(
    tmp_path_factory: pytest.TempPathFactory, gaps: list[int], half_life: int
) -> None:
    times = [0, *map(int, np.cumsum(gaps))]
    folder = tmp_path_factory.mktemp("gaps")
    rules = SmoothingRules(method="exponential", half_life=half_life / 1000)
    many = smooth_table(values_of(folder, times, [1.0, *[0.0] * len(gaps)]), rules)
    two = smooth_table(values_of(folder, [0, times[-1]], [1.0, 0.0]), rules)
    assert many["value_cat"].iloc[-1] == pytest.approx(two["value_cat"].iloc[-1], rel=1e-5)


# --- majority ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "expected"),
    [(0.0, "aaabaaabbb"), (0.1, "aaabaaabbb"), (0.3, "aaaaaaabbb"), (5.0, "aaaaaaaaaa")],
)
def test_a_majority_outvotes_what_is_short(tmp_path: Path, window: float, expected: str) -> None:
    assert letters(tmp_path, "aaabaaabbb", method="majority", window=window) == expected


def test_of_equal_votes_the_frames_own_label_wins_then_the_first_in_the_window(
    tmp_path: Path,
) -> None:
    assert letters(tmp_path, "abc", method="majority", window=0.3) == "abc"
    assert letters(tmp_path, "bbcaa", method="majority", window=0.5) == "bbbaa"


def test_votes_that_only_rounding_tells_apart_are_equal(tmp_path: Path) -> None:
    """At 28 frames a second a frame lasts 35714285 or 35714286 nanoseconds in the table."""
    label = ["cat", "cat", "dog", "dog"] * 3
    rows = pd.DataFrame({"video": "a.mp4", "frame": range(12), "label": label, "confidence": 0.8})
    for start in range(28):
        rows["timestamp"] = [round((start + n) / 28, 9) for n in range(12)]
        rows.to_csv(tmp_path / "a.csv", index=False)
        smooth = vidclf.smooth_predictions(tmp_path / "a.csv", method="majority", window=4 / 28)
        assert smooth["label"].tolist()[2:10] == label[2:10]


def test_a_majoritys_confidence_is_the_mean_score_of_its_votes(tmp_path: Path) -> None:
    times, scores = flicker("aba")
    scores[0, 0], scores[2, 0] = 0.5, 0.9
    table = stored(tmp_path / "a_predictions.csv", ABC, times, scores)
    rows = smooth_table(table, SmoothingRules(method="majority", window=0.3))
    assert rows["confidence"].tolist() == pytest.approx([0.5, 0.7, 0.9])
    assert rows.loc[1, ["label", "class_id", "top2_label"]].tolist() == ["a", 0, "b"]


def test_a_frame_that_stands_longer_has_more_votes(tmp_path: Path) -> None:
    _, scores = flicker("abbb")
    table = stored(tmp_path / "a_predictions.csv", ABC, [0, 1000, 1040, 1080], scores)
    rows = smooth_table(table, SmoothingRules(method="majority", window=1.0))
    assert "".join(rows["label"]) == "aaaa"


def test_a_frame_of_less_than_a_nanosecond_keeps_its_score(tmp_path: Path) -> None:
    table = stored(
        tmp_path / "a_predictions.csv", ABC, *flicker("aab"), manifest={"end_seconds": 0.2 + 1e-12}
    )
    rows = smooth_table(table, SmoothingRules(method="majority", window=0.01))
    assert rows["confidence"].tolist() == pytest.approx([0.8, 0.8, 0.8])


def test_a_majority_starts_from_the_models_own_labels(tmp_path: Path) -> None:
    times, scores = flicker("aabaaabbbb")
    table = stored(tmp_path / "a_predictions.csv", ABC, times, scores, window=5.0)
    assert set(table.rows["label"]) == {"a"}
    rows = smooth_table(table, SmoothingRules(method="majority", window=0.3))
    assert "".join(rows["label"]) == "aaaaaabbbb"


def test_a_label_that_was_never_shown_has_no_known_class(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    times, scores = flicker("aabaaabbbb")
    table = stored(tmp_path / "a_predictions.csv", ABC, times, scores, window=5.0)
    with caplog.at_level(logging.WARNING):
        rows = smooth_table(table, SmoothingRules(method="majority", window=0.3))
    assert rows["class_id"].tolist() == [0] * 6 + [-1] * 4
    assert "does not tell the class id of 'b', which its run never showed" in caplog.text


def test_each_of_several_labels_is_voted_on_alone(tmp_path: Path) -> None:
    scores = np.full((7, len(LABELS)), 0.1, np.float32)
    scores[[0, 1, 3, 4], 0] = 0.9
    scores[5, 1] = 0.8
    table = stored(tmp_path / "a_predictions.csv", label_rows(), list(range(0, 700, 100)), scores)
    rows = smooth_table(table, SmoothingRules(method="majority", window=0.3))
    assert rows["labels"].tolist() == ["cat"] * 5 + [""] * 2


# --- hysteresis --------------------------------------------------------------------------------


def shown(tmp_path: Path, scores: list[list[float]], *, top_k: int, **both: float) -> pd.DataFrame:
    rows = ClassRows(video="a.mp4", labels=tuple("abcde"), top_k=top_k)
    times = [100 * i for i in range(len(scores))]
    table = stored(tmp_path / "a_predictions.csv", rows, times, np.float32(scores))
    return smooth_table(table, SmoothingRules(method="hysteresis", **both))


def test_a_label_stays_until_it_is_weak_and_another_is_strong(tmp_path: Path) -> None:
    scores = [
        [0.7, 0.2, 0.1, 0, 0],
        [0.4, 0.5, 0.1, 0, 0],  # not weak, not strong
        [0.2, 0.5, 0.3, 0, 0],  # weak, but nothing is strong
        [0.3, 0.7, 0.0, 0, 0],  # strong, and 0.3 is not below 0.3
        [0.2, 0.6, 0.2, 0, 0],
        [0.4, 0.3, 0.3, 0, 0],
    ]
    rows = shown(tmp_path, scores, top_k=3, enter=0.6, leave=0.3)
    assert "".join(rows["label"]) == "aaaabb"
    assert rows["confidence"].tolist() == pytest.approx([0.7, 0.4, 0.2, 0.3, 0.6, 0.3])
    assert rows["top2_label"].tolist() == ["b", "b", "b", "b", "a", "a"]


def test_a_label_beyond_the_best_ones_has_the_most_that_it_can_have(tmp_path: Path) -> None:
    scores = [[0.5, 0.3, 0.2, 0, 0], [0, 0.4, 0.3, 0.25, 0.05], [0, 0.4, 0.2, 0.2, 0.2]]
    rows = shown(tmp_path, scores, top_k=3, enter=0.6, leave=0.3)
    assert set(rows["label"]) == {"a"}
    assert rows["confidence"].tolist() == pytest.approx([0.5, 0.05, 0.2])  # 1 - 0.95; the third's


def test_where_it_may_be_strong_enough_it_stays_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scores = [[0.6, 0.4, 0, 0, 0], [0.1, 0.5, 0.3, 0.05, 0.05], [0, 0.9, 0.1, 0, 0]]
    with caplog.at_level(logging.WARNING):
        rows = shown(tmp_path, scores, top_k=2, enter=0.5, leave=0.2)
    assert "".join(rows["label"]) == "aab"
    assert "in 1 of 3 frames the shown label stays because its score is not" in caplog.text


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([0.2, 0.1, 0, 0, 0], "half of the best scores are 0.2 or less: give lower ones"),
        ([0, 0, 0, 0, 0], "half of the frames or more have no score above 0, so that no"),
    ],
)
def test_what_helps_where_all_are_weak(
    tmp_path: Path, scores: list[float], message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        shown(tmp_path, [scores] * 3, top_k=5, enter=0.5, leave=0.4)
    assert message in caplog.text


def test_even_a_single_answer_tells_that_the_others_are_weak(tmp_path: Path) -> None:
    scores = [[0.6, 0.4, 0, 0, 0], [0.1, 0.9, 0, 0, 0]]
    rows = shown(tmp_path, scores, top_k=1, enter=0.5, leave=0.2)
    assert "".join(rows["label"]) == "ab"


def test_thresholds_that_hardly_any_score_reaches_are_called_too_high(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scores = [[0.3, 0.2, 0.1, 0, 0], [0.1, 0.4, 0.1, 0, 0], [0.1, 0.2, 0.1, 0, 0]]
    with caplog.at_level(logging.WARNING):
        shown(tmp_path, scores, top_k=3, enter=0.8, leave=0.2)
    assert "in 2 of 3 frames the shown label is below --leave 0.2 and no other" in caplog.text
    assert "half of the best scores are 0.3 or less: give lower ones" in caplog.text


# --- minimum duration --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shortest", "expected"),
    [
        ("aaabaaa", 0.2, "aaaaaaa"),
        ("aaabaaa", 0.1, "aaabaaa"),
        ("aaabcccc", 0.2, "aaaccccc"),  # the longer neighbour
        ("aaabccc", 0.2, "aaaaccc"),  # of equal ones the one before
        ("baaaa", 0.2, "aaaaa"),
        ("aaaab", 0.2, "aaaaa"),
        ("aaaaabbabba", 0.5, "aaaaabbbbbb"),  # the shortest first, so that what prevails stays
        ("ab", 5.0, "bb"),  # of equal ones the earliest gives way
        ("aabbb", 5.0, "bbbbb"),
    ],
)
def test_short_runs_take_the_longer_neighbours_label(
    tmp_path: Path, text: str, shortest: float, expected: str
) -> None:
    rules = {"method": "min-duration", "min_duration": shortest}
    assert letters(tmp_path, text, **rules) == expected


def slowly(codes: list[int], lasting: list[int], least: int) -> list[int]:
    """The rule as it is written, one run after the other."""
    runs = [[code, length, 1] for code, length in zip(codes, lasting, strict=True)]
    while True:
        for i in range(len(runs) - 1, 0, -1):
            if runs[i][0] == runs[i - 1][0]:
                runs[i - 1] = [runs[i][0], *np.add(runs[i - 1][1:], runs[i][1:])]
                del runs[i]
        short = min(range(len(runs)), key=lambda i: runs[i][1])
        if runs[short][1] >= least or len(runs) == 1:
            return [code for code, _, count in runs for _ in range(count)]
        near = [i for i in (short - 1, short + 1) if 0 <= i < len(runs)]
        runs[short][0] = runs[max(near, key=lambda i: runs[i][1])][0]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), min_size=1, max_size=30),
    st.integers(1, 40),
)
def test_it_is_the_rule_as_it_is_written(runs: list[tuple[int, int]], least: int) -> None:
    codes, lasting = (list(column) for column in zip(*runs, strict=True))
    edges = np.append(0, np.cumsum(lasting)) * 10**9
    clock = AnswerIntervals(
        rows=np.arange(len(codes)),
        carried=np.arange(len(codes)),
        starts=edges[:-1],
        ends=edges[1:],
    )
    joined = without_short_runs(np.int32(codes), clock, min_duration=least)
    assert joined.tolist() == slowly(codes, lasting, least)


def test_a_short_runs_confidence_is_the_new_labels_own(tmp_path: Path) -> None:
    times, scores = flicker("aaba")
    scores[2] = [0.3, 0.6, 0.1]
    table = stored(tmp_path / "a_predictions.csv", ABC, times, scores)
    rows = smooth_table(table, SmoothingRules(method="min-duration", min_duration=0.2))
    assert rows["confidence"].iloc[2] == pytest.approx(0.3)
    assert rows.loc[2, ["top2_label", "top3_label"]].tolist() == ["b", "c"]


def test_several_labels_neither_hold_nor_pause_for_a_shorter_time(tmp_path: Path) -> None:
    scores = np.full((8, len(LABELS)), 0.1, np.float32)
    scores[[0, 1, 2, 4, 5], 0] = 0.9  # a gap at 3
    scores[6, 1] = 0.8  # too short
    table = stored(tmp_path / "a_predictions.csv", label_rows(), list(range(0, 800, 100)), scores)
    rows = smooth_table(table, SmoothingRules(method="min-duration", min_duration=0.2))
    assert rows["labels"].tolist() == ["cat"] * 6 + [""] * 2


def test_a_minimum_duration_comes_after_another_method(tmp_path: Path) -> None:
    both = letters(tmp_path, "aabaabbaaa", method="majority", window=0.3, min_duration=0.3)
    assert both == "aaaaaaaaaa"
    assert letters(tmp_path, "aabaabbaaa", method="majority", window=0.3) == "aaaaabbaaa"


# --- what a table must hold --------------------------------------------------------------------


@pytest.mark.parametrize("rules", [{"method": "mean", "window": 1}, {"method": "exponential", "half_life": 1}])  # fmt: skip  # noqa: E501
def test_averages_need_the_scores_of_all_classes(tmp_path: Path, rules: dict[str, Any]) -> None:
    rows = class_rows(all_scores=False, top_k=3)
    table = stored(tmp_path / "a_predictions.csv", rows, [0, 40], random_scores(1, 2))
    with pytest.raises(UsageError, match="holds those of the 3 best: predict again with --scores"):
        smooth_table(table, SmoothingRules(**rules))


def test_some_columns_of_scores_are_not_enough(tmp_path: Path) -> None:
    table = stored(
        tmp_path / "a_predictions.csv", class_rows(), [0, 40], random_scores(1, 2),
        manifest={"model": {"classes": 6}},
    )  # fmt: skip
    with pytest.raises(UsageError, match="holds those of 5: predict again"):
        smooth_table(table, SmoothingRules(method="mean", window=1))


@pytest.mark.parametrize("classes", [2, 3])
def test_where_the_best_are_all_classes_they_are_enough(tmp_path: Path, classes: int) -> None:
    scores = random_scores(5, 60, classes)
    times = list(range(0, 2400, 40))
    manifest = {"model": {"classes": classes}, "settings": {"smooth": 0}}
    few = class_rows(classes, all_scores=False, top_k=3)
    table = stored(tmp_path / "a_predictions.csv", few, times, scores, manifest=manifest)
    own = stored(tmp_path / "own_predictions.csv", few, times, scores, window=0.5)
    again = smooth_table(table, SmoothingRules(method="mean", window=0.5))
    assert again.to_csv() == own.rows.to_csv()


def test_scores_that_were_smoothed_before_are_smoothed_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rules = SmoothingRules(method="mean", window=1)
    plain, smooth = {"settings": {"smooth": 0}}, {"settings": {"smooth": 0.5}}
    arguments = (class_rows(), [0, 40, 80], random_scores(1, 3))
    with caplog.at_level(logging.WARNING):
        smooth_table(stored(tmp_path / "a_predictions.csv", *arguments, manifest=plain), rules)
        assert not caplog.text
        smooth_table(stored(tmp_path / "a_predictions.csv", *arguments, manifest=smooth), rules)
    assert "are smoothed already (a mean over 0.5 s), and are smoothed once more: " in caplog.text
    assert "predict again with --smooth 0 --scores" in caplog.text


def test_without_a_manifest_the_raw_scores_tell_that_they_were_smoothed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = stored(
        tmp_path / "a_predictions.csv", class_rows(), [0, 40, 80], random_scores(1, 3), window=0.5
    )
    with caplog.at_level(logging.WARNING):
        smooth_table(table, SmoothingRules(method="mean", window=1))
    assert "are smoothed already (the run that made it)" in caplog.text


@pytest.mark.parametrize(
    ("settings", "model"), [({"threshold": 0.7}, {}), ({}, {"thresholds": [0.7] * 5})]
)
def test_labels_count_from_the_runs_thresholds_on(
    tmp_path: Path, settings: dict[str, Any], model: dict[str, Any]
) -> None:
    scores = np.tile(np.float32([0.8, 0.69, 0.1, 0.7, 0]), (3, 1))
    scores[1] = 0
    manifest = {"settings": {"smooth": 0, **settings}, "model": model}
    rows = label_rows(thresholds=(0.7,) * 5)
    table = stored(tmp_path / "a_predictions.csv", rows, [0, 40, 80], scores, manifest=manifest)
    again = smooth_table(table, SmoothingRules(method="exponential", half_life=0.001))
    assert again["labels"].tolist() == ["cat; sun;moon", "", "cat; sun;moon"]


def test_without_a_manifest_other_thresholds_are_asked_for(tmp_path: Path) -> None:
    rows = label_rows(thresholds=(0.3,) * 5)
    scores = np.tile(np.float32([0.4, 0.2, 0.1, 0, 0]), (2, 1))
    table = stored(tmp_path / "a_predictions.csv", rows, [0, 40], scores)
    with pytest.raises(UsageError, match=r"is not 0\.5: put its a_manifest\.json beside it"):
        smooth_table(table, SmoothingRules(method="mean", window=1))


def test_a_listed_label_without_scores_is_explained(tmp_path: Path) -> None:
    table = stored(tmp_path / "a_predictions.csv", label_rows(), [0], np.ones((1, 5), np.float32))
    rows = table.rows.drop(columns="score_dog")
    table = Table(path=table.path, columns=FrameColumns(rows))
    with pytest.raises(
        SourceError, match="line 2: labels holds 'dog', and there is no column 'score_dog'"
    ):
        smooth_table(table, SmoothingRules(method="majority", window=1))


@pytest.mark.parametrize(
    ("rules", "flag"),
    [
        ({"method": "majority", "window": 1}, "--method majority"),
        ({"method": "hysteresis", "enter": 0.5, "leave": 0.4}, "--method hysteresis"),
        ({"method": "min-duration", "min_duration": 1}, "--min-duration"),
        ({"method": "mean", "window": 1, "min_duration": 1}, "--min-duration"),
    ],
)
def test_values_are_not_labels(tmp_path: Path, rules: dict[str, Any], flag: str) -> None:
    table = stored(tmp_path / "a_predictions.csv", value_rows(), [0], random_scores(1, 1))
    with pytest.raises(UsageError, match=f"{flag} is for labels, and the table .* holds values"):
        smooth_table(table, SmoothingRules(**rules))


def test_values_without_raw_ones_are_smoothed_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = stored(tmp_path / "a_predictions.csv", value_rows(), [0, 40], random_scores(1, 2))
    expected = smooth_table(table, SmoothingRules(method="mean", window=1))["value_cat"].tolist()
    rows = table.rows.drop(columns=[f"raw_{x}" for x in LABELS])
    without = Table(path=table.path, columns=FrameColumns(rows))
    with caplog.at_level(logging.WARNING):
        rows = smooth_table(without, SmoothingRules(method="mean", window=1))
    assert rows["value_cat"].tolist() == expected
    assert "has no columns raw_…" in caplog.text


def test_a_table_of_little_more_than_labels_is_enough_for_a_majority(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "video,frame,timestamp,label,confidence,note\n"
        "a.mp4,0,0,cat,0.9,\na.mp4,1,1,dog,0.8,so so\na.mp4,2,2,cat,0.7,\n",
        encoding="utf-8",
    )
    rows = vidclf.smooth_predictions(path, method="majority", window=3)
    assert rows["label"].tolist() == ["cat"] * 3
    assert rows["confidence"].tolist() == pytest.approx([0.9, 0.8, 0.7])


def test_rows_cut_off_at_the_beginning_leave_an_answer_that_is_carried(tmp_path: Path) -> None:
    times, scores = flicker("aabb")
    path = tmp_path / "a_predictions.csv"
    stored(path, ABC, times, scores, inferred=[True, False, True, False])
    text = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([text[0], *text[2:]]), encoding="utf-8")
    rows = smooth_table(open_table(path), SmoothingRules(method="majority", window=0.05))
    assert "".join(rows["label"]) == "abb"


# --- numbers that cannot be right --------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"method": "median"}, "--method median: there are mean, exponential, majority"),
        ({"method": "mean"}, "--method mean needs --window SECONDS"),
        ({"method": "hysteresis"}, "needs --enter SCORE and --leave SCORE"),
        ({"method": "hysteresis", "enter": 0.5}, "--method hysteresis needs --leave SCORE"),
        ({"method": "mean", "window": 1, "half_life": 1}, "--half-life is for --method exp"),
        ({"method": "min-duration", "min_duration": 1, "window": 1}, "for --method mean or major"),
        ({"method": "mean", "window": -1.0}, r"--window -1.0: give seconds, 0 or more"),
        ({"method": "mean", "window": float("nan")}, "--window nan: give seconds"),
        ({"method": "majority", "window": 1, "min_duration": float("inf")}, "--min-duration inf"),
        ({"method": "hysteresis", "enter": 60, "leave": 0.5}, "--enter 60: a score is 0 to 1"),
        ({"method": "hysteresis", "enter": 0.2, "leave": 0.5}, "--enter 0.2 --leave 0.5: a label"),
    ],
)
def test_numbers_that_cannot_be_right_are_refused(rules: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        SmoothingRules(**rules)


def test_it_is_the_public_function(tmp_path: Path) -> None:
    times, scores = flicker("aabaa")
    stored(tmp_path / "a_predictions.csv", ABC, times, scores)
    rows = vidclf.smooth_predictions(
        tmp_path / "a_predictions.csv", method="min-duration", min_duration=0.2
    )
    assert "".join(rows["label"]) == "aaaaa"
    assert json.loads(rows.to_json(orient="records"))[2]["raw_label"] == "b"


@pytest.mark.parametrize(
    "rules",
    [
        {"method": "mean", "window": 1e300},
        {"method": "majority", "window": 1e300},
        {"method": "exponential", "half_life": 1e300},
        {"method": "exponential", "half_life": 5e-324},
        {"method": "min-duration", "min_duration": 1e300},
    ],
)
def test_no_time_is_too_long_or_too_short(tmp_path: Path, rules: dict[str, Any]) -> None:
    table = stored(tmp_path / "a_predictions.csv", class_rows(), [0, 40], random_scores(1, 2))
    assert len(smooth_table(table, SmoothingRules(**rules))) == 2


@pytest.mark.parametrize(
    "rules",
    [
        {"method": "majority", "window": 3},
        {"method": "hysteresis", "enter": 0.75, "leave": 0.75},
        {"method": "min-duration", "min_duration": 2},
    ],
)
def test_places_that_are_empty_stay_behind_the_others(
    tmp_path: Path, rules: dict[str, Any]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "video,frame,timestamp,label,confidence,top2_label,top2_confidence,top3_label,"
        "top3_confidence\n"
        "a.mp4,0,1700000000.0,cat,0.9,,,,\n"
        "a.mp4,1,1700000002.0,dog,0.7,cat,0.2,,\n"
        "a.mp4,2,1700000003.0,cat,0.8,,,,\n",
        encoding="utf-8",
    )
    rows = vidclf.smooth_predictions(path, **rules)
    assert rows["label"].tolist() == ["cat"] * 3
    assert rows["top2_label"].isna().tolist() == [True, False, True]
    assert rows["top2_label"].iloc[1] == "dog"
    assert rows["top3_confidence"].isna().all()
    write_predictions(path, rows)
    assert path.read_text(encoding="utf-8").splitlines()[1].endswith(",,,,")
    pd.testing.assert_series_equal(vidclf.read_predictions(path)["label"], rows["label"])


def test_a_manifest_of_other_labels_is_refused(tmp_path: Path) -> None:
    manifest = {"model": {"thresholds": [0.5] * 6}}
    table = stored(
        tmp_path / "a_predictions.csv", label_rows(), [0], random_scores(1, 1), manifest=manifest
    )
    with pytest.raises(
        UsageError, match=r"has 6 thresholds, and .* has 5 labels: keep all columns"
    ):
        smooth_table(table, SmoothingRules(method="mean", window=1))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_explained(tmp_path: Path) -> None:
    table = stored(tmp_path / "a_predictions.csv", ABC, *flicker("ab"))
    with pytest.raises(OutputError, match=r"cannot write the table /dev/full .*: free space"):
        write_predictions(Path("/dev/full"), table.rows)
