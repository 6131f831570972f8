"""What must hold of every table and every smoothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from helpers.stored_tables import class_rows, label_rows, random_scores, stored, value_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from vidclf.core.frames import Scores
from vidclf.segments.from_table import segments_of
from vidclf.smooth import SmoothingRules, smooth_table
from vidclf.smooth.label_changes import count_runs
from vidclf.table import RowFormat
from vidclf.table.columns import FrameColumns
from vidclf.table.frame_writer import write_predictions
from vidclf.table.read import read_predictions
from vidclf.table.schema import split
from vidclf.table.table import Table, open_table

ROWS: dict[str, Callable[[], RowFormat]] = {
    "classes": class_rows,
    "labels": label_rows,
    "values": value_rows,
}
CLIPS = st.tuples(
    st.integers(0, 2**20),
    st.lists(st.integers(1, 400), min_size=1, max_size=40),
    st.integers(1, 4),
)
"""Seed of the scores, milliseconds between frames, stride."""
SECONDS = st.integers(1, 1500).map(lambda ms: ms / 1000)
SCORES = st.integers(0, 100).map(lambda percent: percent / 100)
THRESHOLDS = st.tuples(SCORES, SCORES).map(lambda pair: {"enter": max(pair), "leave": min(pair)})
AVERAGES = st.one_of(
    st.builds(SmoothingRules, method=st.just("mean"), window=SECONDS),
    st.builds(SmoothingRules, method=st.just("exponential"), half_life=SECONDS),
)
SHORTEST = st.none() | SECONDS
FOR_LABELS = st.one_of(
    st.builds(SmoothingRules, method=st.just("mean"), window=SECONDS, min_duration=SHORTEST),
    st.builds(
        SmoothingRules, method=st.just("exponential"), half_life=SECONDS, min_duration=SHORTEST
    ),
    st.builds(SmoothingRules, method=st.just("majority"), window=SECONDS, min_duration=SHORTEST),
    st.builds(SmoothingRules, method=st.just("min-duration"), min_duration=SECONDS),
    THRESHOLDS.map(lambda both: SmoothingRules(method="hysteresis", **both)),
)

Clip = tuple[int, list[int], int]


def times_of(clip: Clip, *, shift: int = 0) -> list[int]:
    return [shift + int(ms) for ms in np.cumsum(clip[1])]


def table_of(
    folder: Path, rows: RowFormat, clip: Clip, *, window: float = 0, shift: int = 0,
    scores: Scores | None = None, name: str = "a",
) -> Table:  # fmt: skip
    times = times_of(clip, shift=shift)
    return stored(
        folder / f"{name}_predictions.csv",
        rows,
        times,
        random_scores(clip[0], len(times)) if scores is None else scores,
        window=window,
        inferred=[i % clip[2] == 0 for i in range(len(times))],
        manifest={"settings": {"smooth": window, "threshold": None}},
    )


def written(folder: Path, rows: pd.DataFrame) -> bytes:
    path = folder / "written.csv"
    write_predictions(path, rows)
    return path.read_bytes()


def answers(rows: pd.DataFrame) -> pd.DataFrame:
    """A table without its clock, as plain values."""
    texts = rows.select_dtypes("category").columns
    return rows.drop(columns="timestamp").astype(dict.fromkeys(texts, "object"))


@pytest.mark.parametrize("kind", ROWS)
@given(clip=CLIPS, window=SECONDS)
@settings(max_examples=16, deadline=None)
def test_a_mean_of_stored_scores_is_the_runs_own_to_the_byte(
    kind: str, clip: Clip, window: float
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        table = table_of(folder, ROWS[kind](), clip)
        own = table_of(folder, ROWS[kind](), clip, window=window, name="own")
        again = smooth_table(table, SmoothingRules(method="mean", window=window))
        assert written(folder, again) == own.path.read_bytes()


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS, run=SECONDS, method=st.sampled_from(["mean", "majority", "exponential"]))
@settings(max_examples=15, deadline=None)
def test_over_no_time_a_table_stays_as_it_is(
    kind: str, clip: Clip, run: float, method: str
) -> None:
    width = {"half_life" if method == "exponential" else "window": 0}
    with TemporaryDirectory() as name:
        folder = Path(name)
        window = 0 if method == "majority" else run
        table = table_of(folder, ROWS[kind](), clip, window=window)
        same = smooth_table(table, SmoothingRules(method=method, **width))
        assert written(folder, same) == table.path.read_bytes()


@pytest.mark.parametrize("kind", ROWS)
@given(clip=CLIPS, rules=AVERAGES)
@settings(max_examples=15, deadline=None)
def test_scores_that_do_not_change_stay(kind: str, clip: Clip, rules: SmoothingRules) -> None:
    scores = np.repeat(random_scores(clip[0], 1), len(clip[1]), axis=0)
    with TemporaryDirectory() as name:
        folder = Path(name)
        table = table_of(folder, ROWS[kind](), clip, scores=scores)
        assert written(folder, smooth_table(table, rules)) == table.path.read_bytes()


@given(clip=CLIPS, rules=FOR_LABELS)
@settings(max_examples=16, deadline=None)
def test_a_label_that_does_not_change_stays(clip: Clip, rules: SmoothingRules) -> None:
    scores = np.repeat(random_scores(clip[0], 1), len(clip[1]), axis=0)
    with TemporaryDirectory() as name:
        folder = Path(name)
        table = table_of(folder, class_rows(), clip, scores=scores)
        again = written(folder, smooth_table(table, rules))
        assert again == table.path.read_bytes()


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS, rules=FOR_LABELS)
@settings(max_examples=16, deadline=None)
def test_what_is_written_reads_back_as_it_is_returned(
    kind: str, clip: Clip, rules: SmoothingRules
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        rows = smooth_table(table_of(folder, ROWS[kind](), clip), rules)
        write_predictions(folder / "written.csv", rows)
        back = read_predictions(folder / "written.csv")
        pd.testing.assert_frame_equal(answers(back), answers(rows))


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS, rules=FOR_LABELS)
@settings(max_examples=16, deadline=None)
def test_clock_order_and_the_models_own_stay(kind: str, clip: Clip, rules: SmoothingRules) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), ROWS[kind](), clip, window=0.3)
        rows = smooth_table(table, rules)
        assert list(rows.columns) == list(table.rows.columns)
        kept = ["video", "frame", "timestamp", "inferred", "raw_label", "raw_confidence"]
        pd.testing.assert_frame_equal(rows[kept], table.rows[kept])


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS, rules=FOR_LABELS, shift=st.integers(-(10**7), 10**7))
@settings(max_examples=16, deadline=None)
def test_where_the_clock_begins_does_not_matter(
    kind: str, clip: Clip, rules: SmoothingRules, shift: int
) -> None:
    with TemporaryDirectory() as name:
        first = smooth_table(table_of(Path(name), ROWS[kind](), clip), rules)
        later = smooth_table(table_of(Path(name), ROWS[kind](), clip, shift=shift), rules)
        pd.testing.assert_frame_equal(answers(later), answers(first))


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS, rules=FOR_LABELS)
@settings(max_examples=16, deadline=None)
def test_skipped_frames_carry_the_answer_before_them(
    kind: str, clip: Clip, rules: SmoothingRules
) -> None:
    with TemporaryDirectory() as name:
        rows = smooth_table(table_of(Path(name), ROWS[kind](), clip), rules)
        shown = answers(rows).drop(columns=["frame", "inferred"])
        stride = clip[2]
        source = shown.iloc[[i - i % stride for i in range(len(shown))]].reset_index(drop=True)
        pd.testing.assert_frame_equal(shown, source)


@given(clip=CLIPS, window=SECONDS)
@settings(max_examples=40, deadline=None)
def test_a_majority_holds_the_most_time_in_its_window(clip: Clip, window: float) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), class_rows(), clip)
        rows = smooth_table(table, SmoothingRules(method="majority", window=window))
    inferred = table.rows[table.rows["inferred"]]
    edges = np.append(inferred["timestamp"].to_numpy(), table.end_seconds)
    for place, row in enumerate(inferred.index):
        middle = (edges[place] + edges[place + 1]) / 2
        held = np.minimum(edges[1:], middle + window / 2) - np.maximum(
            edges[:-1], middle - window / 2
        )
        votes = inferred.assign(held=np.maximum(held, 0), own=np.arange(len(held)) == place)
        votes = votes[votes["held"] > 1e-8]
        times = votes.groupby("raw_label", observed=True)["held"].sum()
        shown = rows.loc[row, "label"]
        assert times[shown] >= times.max() - 1e-8
        if times[inferred.loc[row, "raw_label"]] >= times.max() - 1e-12:
            assert shown == inferred.loc[row, "raw_label"]
        mine = votes[votes["raw_label"] == shown]
        mean = np.average(mine["raw_confidence"], weights=mine["held"])
        assert rows.loc[row, "confidence"] == pytest.approx(mean, abs=2e-6)


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS, shortest=SECONDS)
@settings(max_examples=24, deadline=None)
def test_a_minimum_duration_leaves_no_shorter_run_but_the_whole_clip(
    kind: str, clip: Clip, shortest: float
) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), ROWS[kind](), clip)
        rules = SmoothingRules(method="min-duration", min_duration=shortest)
        rows = FrameColumns(smooth_table(table, rules))
        again = Table(path=table.path, columns=rows, manifest=table.manifest)
    whole = table.end_seconds - table.rows["timestamp"].iloc[0]
    for segment in segments_of(again):
        assert segment.seconds >= min(shortest, whole) - 2e-9


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS)
@settings(max_examples=15, deadline=None)
def test_no_minimum_duration_changes_nothing(kind: str, clip: Clip) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), ROWS[kind](), clip)
        rules = SmoothingRules(method="min-duration", min_duration=0)
        assert written(Path(name), smooth_table(table, rules)) == table.path.read_bytes()


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS, shortest=SECONDS)
@settings(max_examples=15, deadline=None)
def test_a_minimum_duration_changes_nothing_the_second_time(
    kind: str, clip: Clip, shortest: float
) -> None:
    rules = SmoothingRules(method="min-duration", min_duration=shortest)
    with TemporaryDirectory() as name:
        once = written(Path(name), smooth_table(table_of(Path(name), ROWS[kind](), clip), rules))
        again = open_table(Path(name) / "written.csv")
        assert written(Path(name), smooth_table(again, rules)) == once


@given(clip=CLIPS, enter=SCORES)
@settings(max_examples=15, deadline=None)
def test_a_label_that_may_never_leave_stays(clip: Clip, enter: float) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), class_rows(), clip)
        rows = smooth_table(table, SmoothingRules(method="hysteresis", enter=enter, leave=0))
        assert set(rows["label"]) == {table.rows["label"].iloc[0]}


@given(clip=CLIPS, both=THRESHOLDS)
@settings(max_examples=24, deadline=None)
def test_hysteresis_shows_what_its_two_thresholds_say(clip: Clip, both: dict[str, float]) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), class_rows(), clip)
        rows = smooth_table(table, SmoothingRules(method="hysteresis", **both))
    held = rows["label"].iloc[0]
    for before, after in zip(table.rows.to_dict("records"), rows.to_dict("records"), strict=True):
        if before["confidence"] >= both["enter"] and before[f"score_{held}"] < both["leave"]:
            held = before["label"]
        assert after["label"] == held
        assert after["confidence"] == before[f"score_{held}"]
        assert after["class_id"] == table.classes[held]


@given(clip=CLIPS, both=THRESHOLDS)
@settings(max_examples=16, deadline=None)
def test_each_of_several_labels_has_a_trigger_of_its_own(
    clip: Clip, both: dict[str, float]
) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), label_rows(), clip)
        rows = smooth_table(table, SmoothingRules(method="hysteresis", **both))
    held: set[str] = set()
    for row in rows.to_dict("records"):
        for label in table.classes:
            score = round(float(row[f"score_{label}"]), 6)
            text = label.replace("; ", ";")
            if score >= both["enter"]:
                held.add(text)
            elif score < both["leave"]:
                held.discard(text)
        assert set(split(row["labels"])) == held


@given(clip=CLIPS, half=SCORES)
@settings(max_examples=15, deadline=None)
def test_one_threshold_for_both_is_that_threshold(clip: Clip, half: float) -> None:
    rows = label_rows(thresholds=(half,) * 5)
    with TemporaryDirectory() as name:
        table = table_of(Path(name), rows, clip)
        again = smooth_table(table, SmoothingRules(method="hysteresis", enter=half, leave=half))
        assert written(Path(name), again) == table.path.read_bytes()


@pytest.mark.parametrize("kind", ["classes", "labels"])
@given(clip=CLIPS)
@settings(max_examples=15, deadline=None)
def test_the_runs_that_are_counted_are_the_segments(kind: str, clip: Clip) -> None:
    with TemporaryDirectory() as name:
        table = table_of(Path(name), ROWS[kind](), clip)
        assert count_runs(table.rows) == len(segments_of(table))


@given(clip=CLIPS, top_k=st.integers(1, 5), rules=FOR_LABELS)
@settings(max_examples=24, deadline=None)
def test_runners_up_are_the_others_best_first(
    clip: Clip, top_k: int, rules: SmoothingRules
) -> None:
    with TemporaryDirectory() as name:
        rows = smooth_table(table_of(Path(name), class_rows(top_k=top_k), clip), rules)
    places = range(2, top_k + 1)
    for row in rows.to_dict("records"):
        labels = [row["label"], *(row[f"top{place}_label"] for place in places)]
        assert len(set(labels)) == top_k
        scores = [row[f"top{place}_confidence"] for place in places]
        assert scores == sorted(scores, reverse=True)
