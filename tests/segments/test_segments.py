"""Segments: what always holds, found frame by frame and in tables."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.engines import annotated, described, tiny_network
from hypothesis import given, settings
from hypothesis import strategies as st

import vidclf
from vidclf.core.annotation import Answer
from vidclf.core.frames import Prediction
from vidclf.errors import SourceError, UsageError
from vidclf.render.excerpts import named_segments
from vidclf.segments.export import SegmentExport
from vidclf.segments.finder import Segment, SegmentFinder, SegmentRules
from vidclf.segments.formats.csv_file import csv_text
from vidclf.segments.from_table import segments_of
from vidclf.table import ClassRows, LabelRows, RowFormat, ValueRows
from vidclf.table.csv_writer import TableSink
from vidclf.table.label_names import LabelNames
from vidclf.table.table import open_table

LABELS = ("cat", "dog", "cup")

steps = st.floats(0.001, 3.0, allow_nan=False)
annotations = st.lists(st.tuples(steps, st.integers(0, 2)), min_size=1, max_size=40)
several = st.lists(st.tuples(steps, st.sets(st.integers(0, 2))), min_size=1, max_size=40)
lengths = st.floats(0, 4.0, allow_nan=False)


def times_of(frames: Sequence[tuple[float, object]]) -> list[float]:
    return [round(float(time), 9) for time in np.cumsum([step for step, _ in frames])]


def found(
    frames: Sequence[tuple[float, set[int]]], rules: SegmentRules | None = None, *, exclusive: bool
) -> list[Segment]:
    finder = SegmentFinder(rules, exclusive=exclusive)
    times = times_of(frames)
    for frame, (time, (_, held)) in enumerate(zip(times, frames, strict=True)):
        finder.add(frame, time, [Answer(label=LABELS[i], class_id=i, confidence=0.5) for i in held])
    return finder.finish(times[-1] + 0.5)


def found_one(
    frames: Sequence[tuple[float, int]], rules: SegmentRules | None = None
) -> list[Segment]:
    return found([(step, {label}) for step, label in frames], rules, exclusive=True)


# --- what always holds -------------------------------------------------------------------------


@given(annotations)
def test_without_rules_segments_tile_the_clip(frames: list[tuple[float, int]]) -> None:
    segments, times = found_one(frames), times_of(frames)
    in_order = [i for s in segments for i in range(s.start_frame, s.end_frame + 1)]
    assert in_order == list(range(len(frames)))
    assert [s.start_seconds for s in segments] == [times[s.start_frame] for s in segments]
    edges = [s.start_seconds for s in segments[1:]]
    assert [s.end_seconds for s in segments] == [*edges, times[-1] + 0.5]
    assert sum(s.seconds for s in segments) == pytest.approx(times[-1] + 0.5 - times[0])
    for s in segments:
        assert {LABELS[label] for _, label in frames[s.start_frame : s.end_frame + 1]} == {s.label}


@given(annotations, lengths, lengths)
def test_rules_never_make_labels_overlap_that_exclude_each_other(
    frames: list[tuple[float, int]], gap: float, least: float
) -> None:
    segments = found_one(frames, SegmentRules(merge_gap=gap, min_duration=least))
    for before, after in pairwise(segments):
        assert before.end_seconds <= after.start_seconds
        assert before.end_frame < after.start_frame


@given(several, lengths, lengths, st.booleans())
def test_no_segment_is_shorter_than_allowed(
    frames: list[tuple[float, set[int]]], gap: float, least: float, exclusive: bool
) -> None:
    if exclusive:
        frames = [(step, set(sorted(held)[:1])) for step, held in frames]
    rules = SegmentRules(merge_gap=gap, min_duration=least)
    for segment in found(frames, rules, exclusive=exclusive):
        assert segment.seconds >= least - 1e-9


@given(several, lengths)
def test_merging_leaves_no_gap_that_is_short(
    frames: list[tuple[float, set[int]]], gap: float
) -> None:
    latest: dict[str, Segment] = {}
    for segment in found(frames, SegmentRules(merge_gap=gap), exclusive=False):
        if before := latest.get(segment.label):
            assert gap == 0 or segment.start_seconds - before.end_seconds > gap
        latest[segment.label] = segment


@given(several, lengths, lengths)
def test_labels_that_may_overlap_know_nothing_of_each_other(
    frames: list[tuple[float, set[int]]], gap: float, least: float
) -> None:
    rules = SegmentRules(merge_gap=gap, min_duration=least)
    together = found(frames, rules, exclusive=False)
    for label in range(3):
        alone = found([(step, held & {label}) for step, held in frames], rules, exclusive=False)
        assert [s for s in together if s.label == LABELS[label]] == alone


@given(several, lengths)
def test_numbers_count_the_frames_in_which_the_label_holds(
    frames: list[tuple[float, set[int]]], gap: float
) -> None:
    for segment in found(frames, SegmentRules(merge_gap=gap), exclusive=False):
        inside = frames[segment.start_frame : segment.end_frame + 1]
        assert segment.frames == sum(LABELS.index(segment.label) in held for _, held in inside)
        assert segment.mean_confidence == pytest.approx(0.5)
        assert segment.max_confidence == 0.5


@given(several)
def test_they_come_by_start_and_then_by_class(frames: list[tuple[float, set[int]]]) -> None:
    places = [(s.start_seconds, s.class_id) for s in found(frames, exclusive=False)]
    assert places == sorted(places)


# --- rules -------------------------------------------------------------------------------------


def letters(text: str) -> list[tuple[float, int]]:
    """Frames a second apart: `aab` → cat, cat, dog."""
    return [(1.0, "abc".index(letter)) for letter in text]


def shown(segments: Sequence[Segment]) -> list[tuple[str, int, int]]:
    return [(s.label, s.start_frame, s.end_frame) for s in segments]


def test_short_gaps_are_closed_before_short_segments_are_dropped() -> None:
    frames = letters("aabaabbb")
    rules = SegmentRules(merge_gap=1.0, min_duration=3.0)
    assert shown(found_one(frames, rules)) == [("cat", 0, 4)]
    assert shown(found_one(frames, SegmentRules(min_duration=3.0))) == []


def test_what_lies_in_a_closed_gap_goes() -> None:
    rules = SegmentRules(merge_gap=2.0)
    assert shown(found_one(letters("abca"), rules)) == [("cat", 0, 3)]
    assert shown(found_one(letters("abbba"), rules)) == [
        ("cat", 0, 0),
        ("dog", 1, 3),
        ("cat", 4, 4),
    ]


def test_a_gap_and_a_length_of_just_the_limit_count() -> None:
    frames = [(1 / 3, label) for label in (0, 0, 1, 0, 0)]
    assert len(found_one(frames, SegmentRules(merge_gap=1 / 3))) == 1
    assert shown(found_one(frames, SegmentRules(min_duration=2 / 3)))[0] == ("cat", 0, 1)


def test_confidence_leaves_out_what_was_bridged() -> None:
    finder = SegmentFinder(SegmentRules(merge_gap=5), exclusive=True)
    for frame, (label, confidence) in enumerate([("a", 0.2), ("b", 0.9), ("a", 0.4), ("a", 0.6)]):
        finder.add(frame, frame, [Answer(label=label, class_id=-1, confidence=confidence)])
    (segment,) = finder.finish(4)
    assert (segment.frames, segment.max_confidence) == (3, 0.6)
    assert segment.mean_confidence == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"min_duration": -1}, r"--min-duration -1: give seconds, 0 or more"),
        ({"merge_gap": float("nan")}, r"--merge-gap nan: give seconds"),
        ({"merge_gap": float("inf")}, r"--merge-gap inf: give seconds"),
        ({"threshold": 1.5}, r"--threshold 1.5: a score is 0 to 1"),
        ({"thresholds": {"cat": float("nan")}}, r"--threshold nan: a score is 0 to 1"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        SegmentRules(**rules)


# --- in tables ---------------------------------------------------------------------------------


def written(path: Path, rows: RowFormat, scores: Sequence[Sequence[float]]) -> Path:
    with TableSink(path, rows=rows) as sink:
        for index, some in enumerate(scores):
            values = np.array(some, np.float32)
            seconds = index * 1001 / 30000
            sink.write(Prediction(index=index, pts_seconds=seconds, scores=values, raw=values))
    return path


CLASSES = ClassRows(video="a.mp4", labels=LABELS)
MULTI = LabelRows(video="a.mp4", labels=["big; cat", "dog", "cup"], thresholds=[0.5, 0.7, 0.5])


def labels_found(path: Path, **rules: object) -> list[tuple[str, int, int]]:
    return shown(segments_of(open_table(path), SegmentRules(**rules)))


def test_a_threshold_makes_gaps_in_a_class_table(tmp_path: Path) -> None:
    scores = [[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.3, 0.7, 0.0]]
    path = written(tmp_path / "a.csv", CLASSES, scores)
    assert labels_found(path, threshold=0.7) == [("cat", 0, 0), ("dog", 2, 2)]
    assert labels_found(path, threshold=0.7, thresholds={"cat": 0.6}) == [
        ("cat", 0, 1),
        ("dog", 2, 2),
    ]


def test_a_label_holds_where_its_score_is_just_the_threshold(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", CLASSES, [[0.7, 0.2, 0.1]])
    assert labels_found(path, threshold=0.7) == [("cat", 0, 0)]
    assert labels_found(path, threshold=0.700001) == []


def test_a_multi_label_table_has_its_own_thresholds(tmp_path: Path) -> None:
    scores = [[0.5, 0.6, 0.1], [0.4, 0.7, 0.1], [0.9, 0.9, 0.1]]
    path = written(tmp_path / "a.csv", MULTI, scores)
    assert labels_found(path) == [("big; cat", 0, 0), ("dog", 1, 2), ("big; cat", 2, 2)]


def test_other_thresholds_need_no_model(tmp_path: Path) -> None:
    scores = [[0.5, 0.6, 0.1], [0.4, 0.7, 0.1], [0.9, 0.9, 0.1]]
    path = written(tmp_path / "a.csv", MULTI, scores)
    assert labels_found(path, thresholds={"dog": 0.6}) == [
        ("big; cat", 0, 0),
        ("dog", 0, 2),
        ("big; cat", 2, 2),
    ]
    assert labels_found(path, threshold=0.1, thresholds={"cup": 0.2, "dog": 1}) == [
        ("big; cat", 0, 2)
    ]


def test_a_label_without_a_score_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", MULTI, [[0.5, 0.9, 0.1]] * 2)
    path.write_text(path.read_text(encoding="utf-8").replace(";cat", "; kat"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"line 2: labels holds 'big', .*no column 'score_big'"):
        labels_found(path)
    with pytest.raises(SourceError, match="line 2: labels holds 'big'"):
        named_segments(open_table(path), LabelNames(renamed={"dog": "wolf"}), SegmentRules())


def test_values_have_no_segments(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ValueRows(video="a", names=["speed"]), [[1.0]])
    with pytest.raises(UsageError, match=r"holds values \(speed\), and only labels have segments"):
        labels_found(path)


def test_a_threshold_for_a_label_that_has_no_score_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", MULTI, [[0.5, 0.9, 0.1]])
    with pytest.raises(UsageError, match=r"--threshold kat=0.5: .* has no label 'kat'; it has big"):
        labels_found(path, thresholds={"kat": 0.5})


def test_a_threshold_for_a_label_that_never_wins_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path / "a.csv", CLASSES, [[0.7, 0.2, 0.1]])
    assert labels_found(path, thresholds={"kat": 0.5}) == [("cat", 0, 0)]
    assert "--threshold kat=0.5: no frame of a.mp4 is labelled so, only cat" in caplog.text


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_a_class_table_is_read_as_it_was_found(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Frame by frame, from the table, and once more from what pandas makes of the CSV."""
    rng = random.Random(seed)
    winners = rng.choices(range(3), k=60)
    scores = [[rng.random() * 0.4 + 0.6 * (i == w) for i in range(3)] for w in winners]
    path = written(tmp_path_factory.mktemp("t") / "a.csv", CLASSES, scores)
    table = vidclf.find_segments(path)
    rows = pd.read_csv(path)
    runs = (rows["label"] != rows["label"].shift()).cumsum()
    expected = rows.groupby(runs).agg(
        label=("label", "first"),
        start=("timestamp", "min"),
        end_frame=("frame", "max"),
        mean=("confidence", "mean"),
        best=("confidence", "max"),
    )
    assert table["label"].tolist() == expected["label"].tolist()
    assert table["start"].tolist() == expected["start"].tolist()
    assert table["end_frame"].tolist() == expected["end_frame"].tolist()
    np.testing.assert_allclose(table["mean_confidence"], expected["mean"], atol=1e-6)
    np.testing.assert_allclose(table["max_confidence"], expected["best"], atol=1e-9)


# --- the pipeline's own ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def uneven_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 frames from 0.5 s on, 30 a second for a while and then 10, on a clock of thirds."""
    pts = [*range(1500, 1500 + 30 * 100, 100), *range(4500, 4500 + 20 * 301, 301)]
    spec = ClipSpec(pts=pts, time_base=Fraction(1, 3000), rate=Fraction(30))
    return make_clip(tmp_path_factory.mktemp("clips") / "uneven.mp4", spec)


@pytest.mark.parametrize("head", ["softmax", "sigmoid"])
@pytest.mark.parametrize("options", [{}, {"smooth": 0.2, "stride": 3}])
def test_the_pipeline_writes_what_the_table_says(
    tmp_path: Path, uneven_clip: Path, head: str, options: dict
) -> None:
    network = tiny_network(activation=head, units=3)
    model = described(network, head=head, labels=LABELS)
    threshold = 0.3 if head == "sigmoid" else None
    job = annotated(
        uneven_clip, tmp_path / "out", model, video=False, threshold=threshold, **options
    )
    table = open_table(job.outputs["table"])
    again = csv_text(SegmentExport(video=table.video, segments=segments_of(table)))
    assert again.encode() == job.outputs["segments"].read_bytes()
    with job.outputs["segments"].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 1
    times = {str(time) for time in table.rows["timestamp"]}
    assert {row["start"] for row in rows} <= times
    assert {row["end"] for row in rows} <= times | {f"{table.end_seconds:.9f}".rstrip("0")}
