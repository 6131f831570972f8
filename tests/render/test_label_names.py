"""Labels renamed, merged and hidden: what is drawn of a row then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.tables_of_clips import IDS, class_table, label_table, written

from vidclf.core.annotation import Annotation, Answer
from vidclf.errors import SourceError, UsageError
from vidclf.overlay import Overlay, class_color
from vidclf.render.annotations import AnnotationRows, annotation_rows, turning_annotations
from vidclf.render.label_names import LabelNames, checked_names
from vidclf.table import read_annotations
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


def all_moments(rows: AnnotationRows) -> list[Annotation]:
    return [rows.annotation(row) for row in range(len(rows))]


def shown(table: Table, names: LabelNames | None = None, **options: float) -> list[list[str]]:
    """The labels at each row, with their percents."""
    annotations = all_moments(annotation_rows(table, names or LabelNames(), **options))
    return [[f"{a.label} {round(100 * a.confidence)}" for a in m.answers] for m in annotations]


def test_without_names_it_is_what_the_table_says(ranked: Table, several: Table) -> None:
    for table in (ranked, several):
        by_csv = read_annotations(table.path)
        annotations = all_moments(annotation_rows(table, LabelNames()))
        assert [m.pts_seconds for m in annotations] == [m.pts_seconds for m in by_csv]
        assert [m.is_sure for m in annotations] == [m.is_sure for m in by_csv]
        told = [[(a.label, round(a.confidence, 6)) for a in m.answers] for m in by_csv]
        assert [[(a.label, a.confidence) for a in m.answers] for m in annotations] == told
        ids = [m.answers[0].class_id for m in by_csv]
        assert [m.answers[0].class_id for m in annotations] == ids


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


def test_nothing_is_drawn_where_nothing_is_shown() -> None:
    overlay = Overlay(width=640, height=360, style="bars")
    assert overlay.patches(Annotation(pts_seconds=1.0)) == ()


def test_the_strip_is_empty_where_nothing_is_shown() -> None:
    def answers(class_id: int) -> tuple[Answer, ...]:
        return (Answer(label="a", class_id=class_id, confidence=0.9),)

    annotations = [
        Annotation(pts_seconds=0.0, answers=answers(0)),
        Annotation(pts_seconds=4.0),
        Annotation(pts_seconds=6.0, answers=answers(1)),
    ]
    overlay = Overlay(width=640, height=360, style="timeline", span=(0.0, 10.0))
    overlay.know(annotations, end_seconds=10.0)
    band, _ = overlay.patches(Annotation(pts_seconds=9.99))
    middle = band.rgba[band.rgba.shape[0] // 2]
    at = [middle[round(len(middle) * share)] for share in (0.2, 0.5, 0.8)]
    assert tuple(at[0][:3]) == class_color(0)
    assert np.ptp(at[1][:3].astype(int)) < 40
    assert tuple(at[2][:3]) == class_color(1)


def test_what_is_known_beforehand_is_there_at_once_and_stays() -> None:
    overlay = Overlay(width=640, height=360, style="timeline", span=(0.0, 10.0))
    annotations = [
        Annotation(pts_seconds=float(t), answers=(Answer(label="a", class_id=t, confidence=0.9),))
        for t in range(10)
    ]
    overlay.know(annotations, end_seconds=10.0)
    first = overlay.patches(annotations[0])[-2].rgba.copy()
    for annotation in (annotations[7], annotations[2], annotations[9]):  # a playhead that jumps
        overlay.add(annotation)
        overlay.patches(annotation)
    np.testing.assert_array_equal(overlay.patches(annotations[0])[-2].rgba, first)


def test_colours_do_not_depend_on_the_order_of_columns(several: Table) -> None:
    before = several.class_ids
    columns = list(several.rows.columns)
    shuffled = Table(path=several.path, rows=several.rows[columns[::-1]])
    assert {name: shuffled.class_ids[name] for name in ("dog", "cup")} == {
        name: before[name] for name in ("dog", "cup")
    }
    assert sorted(shuffled.class_ids.values()) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"rename": {"cta": "x"}}, r"--rename 'cta': the table .* has no such label; it has 'cat'"),
        ({"hide": ["wolf"]}, r"--hide 'wolf': .* has no such label"),
        ({"only": ["wolf"]}, r"--only 'wolf': .* it has 'cat', 'cup', 'dog', 'sun'$"),
    ],
)
def test_unknown_labels_are_refused(ranked: Table, options: dict, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        checked_names(ranked, **{"rename": {}, "hide": [], "only": [], **options})


def test_values_are_renamed_and_hidden_too(clip: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"video": "a", "frame": [0], "timestamp": [0.0], "value_x": [1.0], "value_y": [2.0]}
    )
    model = {"units": ["m", "s"], "values": ["x", "y"]}
    table = open_table(written(clip, tmp_path, frame, model=model))
    names = checked_names(table, rename={"y": "time"}, hide=["x"], only=[])
    (value,) = annotation_rows(table, names).annotation(0).values
    assert (value.name, value.number, value.unit, value.color_id) == ("time", 2.0, "s", 1)
    with pytest.raises(UsageError, match="no value would be left"):
        checked_names(table, rename={}, hide=["x", "y"], only=[])


def test_two_values_never_share_a_name(clip: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"video": "a", "frame": [0], "timestamp": [0.0], "value_x": [1.0], "value_y": [2.0]}
    )
    table = open_table(written(clip, tmp_path, frame))
    with pytest.raises(UsageError, match=r"--rename y=x: two values would be called 'x'"):
        checked_names(table, rename={"y": "x"}, hide=[], only=[])
    exchanged = checked_names(table, rename={"y": "x", "x": "y"}, hide=[], only=[])
    assert [exchanged.shown(name) for name in "xy"] == ["y", "x"]
    alone = checked_names(table, rename={"y": "z"}, hide=["x"], only=[])
    assert [alone.shown(name) for name in "xy"] == [None, "z"]


def test_a_listed_label_without_scores_is_refused(several: Table) -> None:
    frame = pd.read_csv(several.path, keep_default_na=False)
    frame.loc[1, "labels"] = "cup; wolf"
    frame.to_csv(several.path, index=False)
    with pytest.raises(SourceError, match=r"line 3: labels holds 'wolf', .* no column score_wolf"):
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
        for known in (all_moments(rows), turning_annotations(rows, threshold)):
            overlay = Overlay(
                width=640, height=360, style="timeline", span=(0.0, 2.0), threshold=threshold
            )
            overlay.know(known, end_seconds=2.0)
            strips.append(overlay.patches(Annotation(pts_seconds=1.0))[-2].rgba)
        np.testing.assert_array_equal(*strips)
