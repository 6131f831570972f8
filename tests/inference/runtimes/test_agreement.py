"""Whether a converted model says what Keras says."""

from __future__ import annotations

import numpy as np
import pytest

from vidclf.inference.runtimes.agreement import compare, same_answers


def test_the_comparison_sees_nan_and_swapped_labels() -> None:
    good = np.float32([[0.6, 0.4]])
    assert compare(good, good, "softmax")["same_top"]
    assert not compare(good[:, ::-1], good, "softmax")["same_top"]
    assert np.isnan(compare(np.float32([[np.nan, 0.4]]), good, "softmax")["delta"])


def test_where_no_one_label_is_shown_none_has_to_agree() -> None:
    first, second = np.float32([[0.5, 0.5002]]), np.float32([[0.5002, 0.5]])
    for head, same in (("softmax", False), ("sigmoid", True), ("regression", True)):
        assert compare(first, second, head)["same_top"] is same


def test_values_of_a_regression_are_compared_by_their_size() -> None:
    reference = np.float32([[1000, 0.02], [2000, -0.01]])
    good = reference + np.float32([[1, 0], [0, 0]])
    assert compare(good, reference, "regression")["delta"] == pytest.approx(1 / 2000, rel=1e-3)
    bad = reference + np.float32([[0, 0.02], [0, 0]])
    assert compare(bad, reference, "regression")["delta"] == pytest.approx(0.02 / 2, rel=1e-3)
    assert compare(reference, reference, "regression")["delta"] == 0
    assert compare(reference * 0, reference * 0, "regression")["delta"] == 0


def test_one_label_is_the_same_answer_where_it_is_on_top() -> None:
    reference = np.float32([[0.6, 0.4], [0.6, 0.4], [0.5, 0.5]])
    other = np.float32([[0.51, 0.49], [0.49, 0.51], [0.4, 0.6]])
    same = same_answers(other, reference, "softmax", thresholds=())
    assert same.tolist() == [True, False, True]


def test_several_labels_are_the_same_answer_where_the_same_count() -> None:
    """Of labels that do not count, the order is nobody's business."""
    reference = np.float32([[0.6, 0.1, 0.2], [0.6, 0.3, 0.2]])
    other = np.float32([[0.6, 0.2, 0.1], [0.6, 0.4, 0.2]])
    same = same_answers(other, reference, "sigmoid", thresholds=(0.5, 0.4, 0.4))
    assert same.tolist() == [True, False]


def test_values_are_the_same_answer_within_a_hundredth_of_their_size() -> None:
    reference = np.float32([[200, 1], [0, -1], [10, 1]])
    other = np.float32([[201, 1], [1.9, -1], [10, 1.02]])
    same = same_answers(other, reference, "regression", thresholds=())
    assert same.tolist() == [True, True, False]
