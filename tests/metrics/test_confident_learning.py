"""Likely wrong labels: the definition by hand, and labels that were made wrong on purpose."""

from __future__ import annotations

import numpy as np
import pytest

from vidclf.metrics.confident_learning import class_thresholds, confident_joint, doubtful_labels

TRUTH = np.array([0, 0, 1, 1, 0])
SCORES = np.array([[0.9, 0.1, 0], [0.8, 0.2, 0], [0.2, 0.8, 0], [0.4, 0.6, 0], [0.2, 0.8, 0]])
"""The last one is labelled 0, and looks like a 1."""


def test_thresholds_are_mean_scores_of_the_labels() -> None:
    thresholds = class_thresholds(TRUTH, SCORES)
    assert thresholds[:2] == pytest.approx([(0.9 + 0.8 + 0.2) / 3, (0.8 + 0.6) / 2])
    assert np.isinf(thresholds[2])


def test_the_joint_counts_confident_cases_alone() -> None:
    # the fourth case reaches neither 0.633 nor 0.7
    assert confident_joint(TRUTH, SCORES).tolist() == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]


def test_a_doubt_tells_case_suggestion_and_margin() -> None:
    (doubt,) = doubtful_labels(TRUTH, SCORES)
    assert (doubt.case, doubt.suggested, doubt.margin) == (4, 1, pytest.approx(0.6))


def test_the_likeliest_is_first() -> None:
    truth = np.array([0, 0, 0, 1, 1, 1, 0, 0])
    scores = np.array([0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.08, 0.05])
    doubts = doubtful_labels(truth, np.column_stack([scores, 1 - scores]))
    assert [doubt.case for doubt in doubts] == [7, 6]


def test_a_label_with_the_better_score_is_no_doubt() -> None:
    truth = np.array([0, 0, 1, 1])
    scores = np.array([[0.9, 0.1], [0.52, 0.48], [0.9, 0.1], [0.1, 0.9]])
    # the thresholds are 0.71 and 0.5: the second case reaches neither
    assert [doubt.case for doubt in doubtful_labels(truth, scores)] == [2]


def test_labels_that_were_made_wrong_are_found() -> None:
    random = np.random.default_rng(3)
    right = random.integers(4, size=600)
    scores = random.dirichlet(np.full(4, 0.3), size=600)
    scores[np.arange(600), right] += 6
    scores /= scores.sum(axis=1, keepdims=True)
    labelled, wrong = right.copy(), random.choice(600, 40, replace=False)
    labelled[wrong] = (labelled[wrong] + 1) % 4
    found = {doubt.case for doubt in doubtful_labels(labelled, scores)}
    assert len(found & set(wrong.tolist())) >= 36
    assert len(found - set(wrong.tolist())) <= 4
