"""Figures of evaluations: what is in them, for every task, and the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.evaluations import of_classes, of_labels, of_values
from PIL import Image

from vidclf.core.figure_look import own_look
from vidclf.evaluation.calibration_figure import reliability_figure
from vidclf.evaluation.confusion import Confusion
from vidclf.evaluation.confusion_figure import MOST_CLASSES, confusion_figure
from vidclf.evaluation.curve_figure import MOST_NAMED, curve_figure
from vidclf.evaluation.figures import figure_names, write_figures
from vidclf.evaluation.reliability import reliability_of
from vidclf.evaluation.results import Evaluation

CLASSES = of_classes([0, 0, 1, 2, 2], [0, 1, 1, 2, 0], sure=[0.9, 0.6, 0.8, 0.7, 0.5])
TRUE = np.array([[True, False], [False, True], [True, True], [False, False]])
SEVERAL = of_labels(TRUE, np.array([[0.9, 0.1], [0.4, 0.8], [0.7, 0.3], [0.2, 0.6]]))
VALUES = of_values(np.array([[0.0], [1.0], [2.0]]), np.array([[0.1], [0.8], [2.2]]))
ALL = [
    (CLASSES, ("confusion.png", "reliability.png", "precision_recall.png")),
    (replace(CLASSES, predictions=None), ("confusion.png", "reliability.png")),
    (replace(CLASSES, predictions=None, confidences=None), ("confusion.png",)),
    (SEVERAL, ("reliability.png", "precision_recall.png")),
    (replace(SEVERAL, predictions=None), ()),
    (VALUES, ("predicted_true.png",)),
]


@pytest.mark.parametrize(("evaluation", "names"), ALL)
def test_each_task_has_its_figures(
    tmp_path: Path, evaluation: Evaluation, names: tuple[str, ...]
) -> None:
    assert figure_names(evaluation) == names
    write_figures(evaluation, {name: tmp_path / name for name in names})
    for name in names:
        with Image.open(tmp_path / name) as picture:
            assert picture.format == "PNG"


def test_one_evaluation_always_makes_the_same_file(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_figures(CLASSES, {"confusion.png": tmp_path / folder / "confusion.png"})
    first, second = ((tmp_path / folder / "confusion.png").read_bytes() for folder in "ab")
    assert first == second


# --- confusion ---------------------------------------------------------------------------------


def test_few_classes_have_counts_and_percentages() -> None:
    counts = np.array([[999, 1], [0, 40]])
    axes = confusion_figure(Confusion(labels=("cat", "dog"), counts=counts)).axes[0]
    assert [text.get_text() for text in axes.texts] == ["999\n100 %", "1\n0.1 %", "40\n100 %"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat  1,000", "dog  40"]


def test_many_classes_are_drawn_to_the_most_confused() -> None:
    counts = np.diag(np.full(200, 10))
    counts[7, 9] = 5
    labels = tuple(f"class {place}" for place in range(200))
    axes = confusion_figure(Confusion(labels=labels, counts=counts)).axes[0]
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert len(names) == MOST_CLASSES
    assert {"class 7", "class 9", "161 others"} <= set(names)
    assert axes.texts[-1].get_text() == "–"  # what stays among the others is right or wrong


# --- reliability -------------------------------------------------------------------------------


def test_bins_hold_the_share_of_right_answers() -> None:
    found = reliability_of(of_classes([0, 0, 0, 1], [0, 0, 1, 1], sure=0.75))
    assert found is not None
    (place,) = np.flatnonzero(found.counts)
    assert (found.counts[place], found.right[place]) == (4, 0.75)
    assert found.ece == pytest.approx(0)


def test_answers_without_a_confidence_do_not_count() -> None:
    unsure = replace(CLASSES, confidences=np.array([np.nan, 0.6, 0.8, 0.7, np.nan]))
    found = reliability_of(unsure)
    assert found is not None
    assert found.counts.sum() == 3
    assert reliability_of(replace(CLASSES, confidences=np.full(5, np.nan))) is None


@pytest.mark.parametrize("evaluation", [CLASSES, SEVERAL])
def test_the_calibration_error_is_that_of_the_metrics(evaluation: Evaluation) -> None:
    found = reliability_of(evaluation)
    assert found is not None
    assert found.ece == pytest.approx(evaluation.metrics["ece"])
    with own_look():
        title = reliability_figure(found, of="right answers").axes[0].get_title(loc="left")
    assert title == f"Expected calibration error {evaluation.metrics['ece']:.3f}"


# --- curves ------------------------------------------------------------------------------------


def test_of_many_classes_the_worst_are_named() -> None:
    classes = MOST_NAMED + 4
    truth = np.repeat(np.arange(classes), 4)
    answers = np.where(truth < MOST_NAMED, (truth + 1) % classes, truth)
    labels = [f"class {place}" for place in range(classes)]
    axes = curve_figure(of_classes(truth.tolist(), answers.tolist(), labels=labels)).axes[0]
    named = {text.get_text().split("  ")[1] for text in axes.get_legend().get_texts()}
    assert named == set(labels[:MOST_NAMED])


def test_a_class_without_a_case_has_no_curve() -> None:
    axes = curve_figure(of_classes([0, 0, 1], [0, 1, 1])).axes[0]
    assert len(axes.get_legend().get_texts()) == 2
