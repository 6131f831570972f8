"""Figures where a case has any number of labels: by hand, and as scikit-learn has them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from vidclf.metrics.multi_label import best_threshold
from vidclf.metrics.scoring import score

LABELS = ("rain", "snow", "fog")
TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]], bool)
SCORES = np.array([[0.9, 0.2, 0.1], [0.6, 0.7, 0.1], [0.1, 0.4, 0.1], [0.2, 0.3, 0.1]])
"""Right at 0.5, but that snow is missed once; there is no fog."""


def test_figures_by_hand() -> None:
    figures = score("multi_label", TRUTH, SCORES, LABELS)
    assert figures["accuracy"] == 0.75
    assert figures["macro_f1"] == pytest.approx((1 + 2 / 3) / 2)
    assert figures["micro_f1"] == pytest.approx(2 * 3 / (2 * 3 + 1))
    assert figures["mean_average_precision"] == 1


def test_a_label_has_its_threshold() -> None:
    figures = score("multi_label", TRUTH, SCORES, LABELS, thresholds=[0.5, 0.35, 0.5])
    assert figures["accuracy"] == 1
    assert [row["threshold"] for row in figures["per_class"]] == [0.5, 0.35, 0.5]


def test_a_better_threshold_is_suggested_in_few_digits() -> None:
    snow = score("multi_label", TRUTH, SCORES, LABELS)["per_class"][1]
    assert snow["f1"] == pytest.approx(2 / 3)
    assert 0.3 < snow["suggested_threshold"] <= 0.4
    assert snow["suggested_f1"] == 1
    assert len(str(snow["suggested_threshold"])) <= len("0.35")


def test_a_label_without_a_case_tells_nothing() -> None:
    fog = score("multi_label", TRUTH, SCORES, LABELS)["per_class"][2]
    known = {name for name, figure in fog.items() if figure is not None}
    assert known == {"label", "threshold", "support"}
    json.dumps(fog, allow_nan=False)


def test_figures_as_scikit_learn_has_them() -> None:
    random = np.random.default_rng(5)
    truth = random.random((200, 4)) < 0.4
    scores = (0.6 * truth + random.random((200, 4))).clip(0, 1.6) / 1.6
    figures, answers = score("multi_label", truth, scores, list("abcd")), scores >= 0.5
    metrics = sklearn.metrics
    expected = {
        "accuracy": metrics.accuracy_score(truth, answers),
        "macro_f1": metrics.f1_score(truth, answers, average="macro"),
        "micro_f1": metrics.f1_score(truth, answers, average="micro"),
        "mean_average_precision": metrics.average_precision_score(truth, scores),
        "log_loss": metrics.log_loss(truth.ravel(), scores.ravel()),
    }
    assert {name: figures[name] for name in expected} == pytest.approx(expected)


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32)), min_size=1, max_size=30).filter(
        lambda cases: any(true for true, _ in cases)
    )
)
def test_the_best_threshold_gives_the_f1_that_is_told(cases: list[tuple[bool, float]]) -> None:
    truth, scores = (np.array(column) for column in zip(*cases, strict=True))
    threshold, best = best_threshold(truth, scores)
    f1 = {t: sklearn.metrics.f1_score(truth, scores >= t) for t in (*scores, threshold)}
    assert f1[threshold] == pytest.approx(best)
    assert best == pytest.approx(max(f1.values()))
