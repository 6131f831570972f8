"""What a page of an evaluation holds, before a browser shows it: it stays small, whatever N is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.evaluations import LABELS, of_classes, of_clips, of_labels, of_values, stills
from helpers.html_pages import page_data as data_of_file

from vidclf.evaluation.case_pictures import MOST_PICTURES, pictures_of
from vidclf.evaluation.figures import figure_names, write_figures
from vidclf.evaluation.headline import headlines
from vidclf.evaluation.listed_cases import (
    MOST_LISTED,
    MOST_OF_A_CELL,
    listed_stretches,
    stretches_of,
    worst_of,
)
from vidclf.evaluation.page import page_data, write_page
from vidclf.evaluation.results import Case, Evaluation
from vidclf.pages.compact_numbers import TICKS_PER_SECOND


def listed(evaluation: Evaluation) -> list[int]:
    stretches = stretches_of(evaluation)
    places: list[int] = stretches.shown[listed_stretches(evaluation, stretches)].tolist()
    return places


# --- which cases -------------------------------------------------------------------------------


def test_frames_that_follow_each_other_are_one_stretch() -> None:
    stretches = stretches_of(of_clips([0, 0, 0, 1, 1], [0, 1, 1, 1, 1], fps=10))
    assert stretches.first.tolist() == [0, 1, 3]
    assert stretches.count.tolist() == [1, 2, 2]
    assert stretches.is_wrong.tolist() == [False, True, False]


def test_a_stretch_ends_with_its_clip() -> None:
    evaluation = of_clips([0, 0], [1, 1], fps=10)
    cases = [evaluation.cases[0], Case(path=Path("other.mp4"), frame=0, timestamp=0.0)]
    assert stretches_of(replace(evaluation, cases=cases)).count.tolist() == [1, 1]


def test_the_most_confident_frame_stands_for_its_stretch() -> None:
    evaluation = replace(
        of_clips([0, 0, 0], [1, 1, 1], fps=10), confidences=np.array([0.5, 0.9, 0.6])
    )
    assert stretches_of(evaluation).shown.tolist() == [1]


def test_pictures_are_stretches_of_their_own() -> None:
    assert stretches_of(of_classes([0, 0], [1, 1])).count.tolist() == [1, 1]


def test_of_each_cell_the_surest_mistakes_are_listed() -> None:
    count = MOST_OF_A_CELL + 20
    sure = np.linspace(0.4, 0.9, count)
    evaluation = of_classes([0] * count + [2], [1] * count + [0], sure=[*sure, 0.35])
    assert set(listed(evaluation)) == {*range(20, count), count}


def test_right_answers_are_listed_from_the_least_sure_on() -> None:
    evaluation = of_classes([0] * 100, [0] * 100, sure=np.linspace(0.9, 0.4, 100).tolist())
    assert listed(evaluation)[0] == 99


def test_however_many_cases_there_are_the_page_is_small(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    truth, answers = generator.integers(0, 30, (2, 60_000))
    labels = [f"class {place}" for place in range(30)]
    evaluation = of_classes(truth.tolist(), answers.tolist(), labels=labels)
    assert len(listed(evaluation)) == MOST_LISTED
    write_page(evaluation, tmp_path / "a.html", folder=tmp_path)
    assert (tmp_path / "a.html").stat().st_size < 400_000
    assert data_of_file(tmp_path / "a.html")["counts"]["wrong"] == (truth != answers).sum()


def test_numbers_are_as_bad_as_they_are_far_off_in_their_own_spread() -> None:
    truth = np.array([[0.0, 0.0], [1.0, 100.0], [2.0, 200.0]])
    values = truth + np.array([[0.0, 10.0], [0.5, 0.0], [0.0, 1.0]])
    stretches = stretches_of(of_values(truth, values))
    assert worst_of(stretches, 2).tolist() == [1, 0]


def test_labels_are_as_bad_as_they_are_beyond_their_threshold() -> None:
    truth = np.array([[True, False], [True, False], [True, False]])
    scores = np.array([[0.4, 0.1], [0.9, 0.1], [0.9, 0.95]])
    assert worst_of(stretches_of(of_labels(truth, scores)), 3).tolist() == [2, 0]


@pytest.mark.parametrize(
    "evaluation",
    [
        of_classes([0], [1]),
        of_clips([0], [1], fps=5),
        of_labels(np.array([[True, False]]), np.array([[0.1, 0.2]])),
        of_values(np.array([[1.0]]), np.array([[1.5]])),
    ],
    ids=["class", "frame", "labels", "value"],
)
def test_a_single_case_makes_a_page_and_figures(evaluation: Evaluation, tmp_path: Path) -> None:
    assert page_data(evaluation, tmp_path)["mistakes"] == [0]
    write_figures(evaluation, {name: tmp_path / name for name in figure_names(evaluation)})


# --- pictures and clips ------------------------------------------------------------------------


def test_frames_and_stills_have_pictures_and_what_is_gone_has_none(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=8))
    (tmp_path / "bad.png").write_bytes(b"no picture")
    cases = [
        Case(path=clip, frame=2, timestamp=2 / 24),
        *stills(1),
        Case(path=tmp_path / "bad.png"),
    ]
    assert set(pictures_of(cases, [0, 1, 2])) == {0}


def test_pictures_are_bounded(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=8))
    cases = [Case(path=clip, frame=2, timestamp=2 / 24)] * (MOST_PICTURES + 50)
    assert list(pictures_of(cases, range(len(cases)))) == list(range(MOST_PICTURES))


def test_ribbons_say_what_is_true_and_predicted() -> None:
    evaluation = of_clips([0, 0, 1, 1], [0, 1, 1, 1], fps=10, labels=LABELS)
    (clip,) = page_data(replace(evaluation, background=0), Path("/"))["clips"]
    true, predicted, differs = clip["lanes"]
    assert (true["side"], true["label"], true["start"]) == ("true", [1], [TICKS_PER_SECOND // 5])
    assert predicted["length"] == [TICKS_PER_SECOND * 3 // 10]
    assert (differs["start"], differs["length"]) == (
        [TICKS_PER_SECOND // 10],
        [TICKS_PER_SECOND // 10],
    )
    assert clip["end"] == pytest.approx(0.4)


# --- figures -----------------------------------------------------------------------------------


def test_figures_are_told_with_their_interval() -> None:
    first = headlines(of_classes([0, 0, 1, 1], [0, 0, 1, 0]))[0]
    assert (first.name, first.value) == ("Accuracy", "75.0 %")
    assert first.interval.endswith(" to 100.0 %")


def test_of_many_classes_only_those_that_occur_have_a_row() -> None:
    labels = [f"class {place}" for place in range(200)]
    rows = page_data(of_classes([7, 9], [7, 150], labels=labels), Path("/"))["rows"]
    assert [(row["id"], row["label"]) for row in rows] == [
        (7, "class 7"),
        (9, "class 9"),
        (150, "class 150"),
    ]


@pytest.mark.parametrize(
    ("metrics", "told"),
    [
        ({"accuracy": 0.5, "accuracy_interval": None, "ece": None}, [("Accuracy", "50.0 %")]),
        ({"mae": 0.25, "mae_interval": None}, [("Mean absolute error", "0.25 rad")]),
        (
            {"boundary_error": {"median_seconds": 0.5, "matched": 3, "boundaries": 4}},
            [("Boundary error", "0.50 s")],
        ),
    ],
)
def test_what_is_not_known_is_not_told(
    metrics: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    evaluation = replace(of_classes([0], [0]), metrics=metrics, units=("rad",))
    assert [(one.name, one.value) for one in headlines(evaluation)] == told
