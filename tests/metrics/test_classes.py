"""Figures of classes: by hand, as scikit-learn has them, and what always holds."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidclf.errors import DataError, UsageError
from vidclf.metrics import scikit_learn
from vidclf.metrics.scoring import score

LABELS = ("cat", "dog", "cup")
TRUTH = np.array([0, 0, 1, 1])
SCORES = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.1, 0.8, 0.1], [0.2, 0.5, 0.3]])
"""Right but for the second, which is a cat taken for a dog; there is no cup."""


def by_hand() -> dict[str, Any]:
    return score("classes", TRUTH, SCORES, LABELS)


def of_random_cases(cases: int, classes: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    random = np.random.default_rng(cases)
    truth = random.integers(classes, size=cases)
    scores = random.dirichlet(np.ones(classes), size=cases)
    scores[np.arange(cases), truth] += 0.2
    return truth, scores / scores.sum(axis=1, keepdims=True)


def test_figures_by_hand() -> None:
    figures = by_hand()
    assert figures["cases"] == figures["groups"] == 4
    assert figures["accuracy"] == 0.75
    assert figures["balanced_accuracy"] == (0.5 + 1) / 2
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert figures["log_loss"] == pytest.approx(-np.log([0.7, 0.3, 0.8, 0.5]).mean())
    # 0.7, 0.6, 0.8 and 0.5 are in four bins of the fifteen
    assert figures["ece"] == pytest.approx((0.3 + 0.6 + 0.2 + 0.5) / 4)


def test_rows_of_classes_by_hand() -> None:
    cat, dog, _ = by_hand()["per_class"]
    assert (cat["label"], cat["support"], cat["precision"], cat["recall"]) == ("cat", 2, 1, 0.5)
    assert (dog["precision"], dog["recall"]) == (pytest.approx(2 / 3), 1)
    assert dog["average_precision"] == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_a_class_without_a_case_tells_nothing() -> None:
    cup = by_hand()["per_class"][2]
    assert cup.pop("label") == "cup"
    assert cup.pop("support") == 0
    assert set(cup.values()) == {None}


def test_precision_of_a_class_that_is_never_answered_is_none() -> None:
    row = score("classes", np.array([0, 1]), np.array([[1.0, 0], [1, 0]]), LABELS[:2])
    assert row["per_class"][1]["precision"] is None
    assert row["per_class"][1]["f1"] == 0


def test_figures_as_scikit_learn_has_them() -> None:
    truth, scores = of_random_cases(300, 7)
    answers, figures = scores.argmax(axis=1), score("classes", truth, scores, list("abcdefg"))
    metrics = sklearn.metrics
    expected = {
        "accuracy": metrics.accuracy_score(truth, answers),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, answers),
        "macro_f1": metrics.f1_score(truth, answers, average="macro"),
        "log_loss": metrics.log_loss(truth, scores),
        "mean_average_precision": metrics.average_precision_score(
            np.eye(7)[truth], scores, average="macro"
        ),
    }
    assert {name: figures[name] for name in expected} == pytest.approx(expected)
    assert figures["top_k"] == {
        "3": pytest.approx(metrics.top_k_accuracy_score(truth, scores, k=3)),
        "5": pytest.approx(metrics.top_k_accuracy_score(truth, scores, k=5)),
    }


def test_top_k_is_told_where_there_are_more_classes() -> None:
    truth, scores = of_random_cases(20, 4)
    assert list(score("classes", truth, scores, list("abcd"))["top_k"]) == ["3"]


def test_a_score_of_nothing_for_the_truth_costs_what_32_bits_tell() -> None:
    figures = score("classes", np.array([0]), np.array([[0.0, 1.0]]), LABELS[:2])
    assert figures["log_loss"] == pytest.approx(-np.log(np.finfo(np.float32).eps))


@given(st.data())
def test_the_order_of_cases_changes_nothing(data: st.DataObject) -> None:
    truth, scores = of_random_cases(data.draw(st.integers(1, 30)), data.draw(st.integers(2, 6)))
    order = np.array(data.draw(st.permutations(range(len(truth)))))
    labels = [f"class {place}" for place in range(scores.shape[1])]
    here, there = (
        json.dumps(rounded(score("classes", truth[o], scores[o], labels)))
        for o in (slice(None), order)
    )
    assert here == there


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 9) if isinstance(value, float) else value


def test_nothing_to_measure_is_said() -> None:
    with pytest.raises(DataError, match="no case"):
        score("classes", TRUTH[:0], SCORES[:0], LABELS)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scikit_learn, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"scikit-learn.*pip install 'vidclf\[train\]'"):
        by_hand()
