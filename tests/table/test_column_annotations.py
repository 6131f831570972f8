"""What is shown at the rows of an opened table: labels renamed, merged, hidden, counted anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.tables_of_clips import IDS, class_table, label_table, written

from vidclf.core.annotation import Annotation, Answer
from vidclf.errors import SourceError
from vidclf.overlay.overlay import Overlay
from vidclf.table.column_annotations import AnnotationRows, annotation_rows, change_annotations
from vidclf.table.label_names import LabelNames
from vidclf.table.table import Table, open_table

RUNNERS_UP = (("dog", 0.15), ("sun", 0.05))
SCORES = [(0.9, 0.1, 0.7, 0.6), (0.2, 0.6, 0.1, 0.8), (0.4, 0.3, 0.2, 0.1)]
"""dog, sun, cat, cup."""


@pytest.fixture
def ranked(clip: Path, tmp_path: Path) -> Table:
    return open_table(
        class_table(clip, tmp_path / "ranked", ["cat", "cup", "cat"], others=RUNNERS_UP)
    )


@pytest.fixture
def several(clip: Path, tmp_path: Path) -> Table:
    return open_table(label_table(clip, tmp_path / "several", SCORES))


def all_annotations(rows: AnnotationRows) -> list[Annotation]:
    return [rows.annotation(row) for row in range(len(rows))]


def shown(
    table: Table, names: LabelNames | None = None, *, threshold: float | None = None
) -> list[list[str]]:
    """The labels at each row, with their percents."""
    rows = annotation_rows(table, names, threshold_of=lambda _: threshold)
    shown = [rows.annotation(row).answers for row in range(len(rows))]
    return [[f"{a.label} {round(100 * a.confidence)}" for a in answers] for answers in shown]


def test_a_renamed_label_keeps_its_colour(ranked: Table) -> None:
    rows = annotation_rows(ranked, LabelNames(renamed={"cat": "Katze"}))
    assert rows.annotation(0).answers[0] == Answer(
        label="Katze", class_id=IDS["cat"], confidence=0.8
    )


def test_a_label_renamed_to_another_takes_its_colour(ranked: Table) -> None:
    rows = annotation_rows(ranked, LabelNames(renamed={"cat": "cup"}))
    assert {rows.annotation(i).answers[0].class_id for i in range(3)} == {IDS["cup"]}


def test_two_labels_of_one_new_name_have_one_colour(ranked: Table) -> None:
    rows = annotation_rows(ranked, LabelNames(renamed={"cup": "thing", "cat": "thing"}))
    assert {rows.annotation(i).answers[0].class_id for i in range(3)} == {IDS["cup"]}


def test_merged_labels_stand_once_with_the_best_score(ranked: Table, several: Table) -> None:
    assert shown(ranked, LabelNames(renamed={"cat": "pet", "dog": "pet"}))[0] == ["pet 80", "sun 5"]
    assert shown(several, LabelNames(renamed={"cat": "pet", "dog": "pet"}))[0] == [
        "pet 90",
        "cup 60",
    ]


def test_names_may_be_exchanged(ranked: Table) -> None:
    swapped = LabelNames(renamed={"cat": "dog", "dog": "cat"})
    assert shown(ranked, swapped)[0] == ["dog 80", "cat 15", "sun 5"]


def test_hidden_runners_up_vanish(ranked: Table) -> None:
    assert shown(ranked, LabelNames(hidden=frozenset({"dog"})))[0] == ["cat 80", "sun 5"]


def test_no_runner_up_takes_the_place_of_a_hidden_label(ranked: Table) -> None:
    assert shown(ranked, LabelNames(hidden=frozenset({"cat"}))) == [
        [],
        ["cup 80", "dog 15", "sun 5"],
        [],
    ]


def test_hiding_goes_by_the_old_name_and_by_the_new_one(ranked: Table) -> None:
    for name in ("cat", "Katze"):
        names = LabelNames(renamed={"cat": "Katze"}, hidden=frozenset({name}))
        assert shown(ranked, names)[0] == []


def test_lists_of_labels_lose_a_hidden_one(several: Table) -> None:
    hidden = LabelNames(hidden=frozenset({"cat", "cup"}))
    assert shown(several, hidden) == [["dog 90"], ["sun 60"], ["dog 40"]]


def test_a_hidden_label_is_not_shown_as_the_best_that_does_not_count(several: Table) -> None:
    assert shown(several, LabelNames(hidden=frozenset({"dog"})))[2] == []


def test_a_threshold_counts_anew(several: Table) -> None:
    assert shown(several, threshold=0.25) == [
        ["dog 90", "cat 70", "cup 60"],
        ["cup 80", "sun 60"],
        ["dog 40", "sun 30"],
    ]


def test_a_listed_label_without_scores_is_refused(several: Table) -> None:
    frame = pd.read_csv(several.path, keep_default_na=False)
    frame.loc[1, "labels"] = "cup; wolf"
    frame.to_csv(several.path, index=False)
    with pytest.raises(
        SourceError, match=r"line 3: labels holds 'wolf', .* no column 'score_wolf'"
    ):
        annotation_rows(open_table(several.path), LabelNames())


@pytest.mark.parametrize("names", [LabelNames(), LabelNames(hidden=frozenset({"cat"}))])
@pytest.mark.parametrize("threshold", [None, 0.6])
def test_the_timeline_is_known_from_its_turns(
    clip: Path, tmp_path: Path, names: LabelNames, threshold: float | None
) -> None:
    rng = np.random.default_rng(2)
    labels = rng.choice(["cat", "dog", "cup"], 12).repeat(4).tolist()
    sure = pd.read_csv(path := class_table(clip, tmp_path, labels))
    sure["confidence"] = rng.random(48).round(6)
    sure.to_csv(path, index=False)
    scores = rng.random((12, 4)).repeat(4, axis=0).round(6).tolist()
    for table in (path, label_table(clip, tmp_path / "several", scores)):
        opened = open_table(table)
        rows = annotation_rows(opened, names)
        strips = []
        for known in (all_annotations(rows), change_annotations(rows, threshold)):
            overlay = Overlay(
                width=640, height=360, style="timeline", span=(0.0, 2.0), threshold=threshold
            )
            overlay.know(known, end_seconds=2.0)
            strips.append(overlay.patches(Annotation(pts_seconds=1.0))[-2].rgba)
        np.testing.assert_array_equal(*strips)


def test_values_have_the_units_and_ranges_of_the_manifest(clip: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"video": "a", "frame": [0], "timestamp": [0.0], "value_y": [2.0], "value_x": [1.0]}
    )
    model = {"values": ["x", "y"], "units": ["m", ""], "ranges": [[0, 5], [-1, 1]]}
    rows = annotation_rows(open_table(written(clip, tmp_path, frame, model=model)))
    told = [(v.name, v.number, v.unit, v.bounds) for v in rows.annotation(0).values]
    assert told == [("x", 1.0, "m", (0, 5)), ("y", 2.0, "", (-1, 1))]


def test_a_hidden_value_leaves_the_others_their_colours(clip: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"video": "a", "frame": [0], "timestamp": [0.0], "value_x": [1.0], "value_y": [2.0]}
    )
    table = open_table(written(clip, tmp_path, frame, model={"units": ["m", "s"]}))
    names = LabelNames(renamed={"y": "time"}, hidden=frozenset({"x"}))
    (value,) = annotation_rows(table, names).annotation(0).values
    assert (value.name, value.number, value.unit, value.color_id) == ("time", 2.0, "s", 1)


def test_a_threshold_of_its_own_leaves_the_other_labels_to_the_table(several: Table) -> None:
    rows = annotation_rows(several, threshold_of={"cup": 0.7}.get)
    assert [[a.label for a in rows.annotation(row).answers] for row in range(3)] == [
        ["dog", "cat"],
        ["cup", "sun"],
        ["dog"],
    ]
