"""A network's outputs become scores, whatever its head."""

from __future__ import annotations

from typing import Any

import numpy as np

from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.inference.tensors import to_scores
from vidclf.models import ModelInfo


def described(head: Any, *, activation: str = "unknown") -> ModelInfo:
    return ModelInfo(
        name="m", path="m", digest="", labels=("a", "b"), input_size=(4, 4), resize=Resize(),
        preprocessing=SCALINGS["none"], head=head, activation=activation,
    )  # fmt: skip


def test_scores_are_between_0_and_1_whatever_the_head() -> None:
    wild = np.float32([[1000.0, 0.0, -1000.0], [1.0, 1.0, 1.0]])
    np.testing.assert_allclose(to_scores(wild, described("logits")).sum(axis=1), 1, atol=1e-6)
    one = to_scores(np.float32([[0.2]]), described("binary"))
    np.testing.assert_allclose(one, [[0.8, 0.2]], atol=1e-6)
    np.testing.assert_array_equal(to_scores(wild, described("softmax")), wild)


def test_a_sigmoid_that_was_left_out_is_applied() -> None:
    wild = np.float32([[1000.0, 0.0, -1000.0]])
    scores = to_scores(wild, described("sigmoid", activation="linear"))
    np.testing.assert_array_equal(scores, [[1.0, 0.5, 0.0]])
    one = to_scores(np.float32([[np.log(4)]]), described("binary", activation="linear"))
    np.testing.assert_allclose(one, [[0.2, 0.8]], atol=1e-6)


def test_values_of_a_regression_stay_as_they_are() -> None:
    values = np.float32([[-3.5, 1e6]])
    np.testing.assert_array_equal(to_scores(values, described("regression")), values)
