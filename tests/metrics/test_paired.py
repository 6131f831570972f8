"""Which of two is better, and whether that may be chance."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidclf.metrics.paired import macro_f1_difference, mcnemar_p_value, mean_difference

ALONE = np.arange(200)


def marks(classes: NDArray[np.int64], count: int = 3) -> NDArray[np.bool_]:
    return np.eye(count, dtype=bool)[classes]


def test_mcnemar_by_hand() -> None:
    first = np.array([True] * 9 + [False])
    second = np.array([True] * 3 + [False] * 6 + [True])
    # 7 cases apart, 6 of them for the first: 2 * (7 + 1) / 2 ** 7
    assert mcnemar_p_value(first, second) == pytest.approx(0.125)


def test_two_that_agree_are_no_different() -> None:
    right = ALONE % 2 == 0
    assert mcnemar_p_value(right, right) == 1
    difference = mean_difference(right, right, ALONE)
    assert (difference.interval, difference.p_value) == ([0, 0], 1)
    assert not difference.is_certain


def test_one_that_is_often_better_is() -> None:
    difference = mean_difference(ALONE % 10 > 0, ALONE % 10 > 4, ALONE)
    assert (difference.first, difference.second) == (0.9, 0.5)
    assert difference.is_certain
    assert difference.interval == pytest.approx([0.33, 0.47], abs=0.03)


def test_the_frames_of_two_clips_prove_little() -> None:
    clips = ALONE // 100
    difference = mean_difference(clips == 0, np.zeros(200), clips)
    assert not difference.is_certain
    assert mean_difference(clips == 0, np.zeros(200), clips * 0).interval is None


@given(st.integers(0, 1000), st.integers(2, 40))
def test_macro_f1_is_scikit_learns(seed: int, cases: int) -> None:
    random = np.random.default_rng(seed)
    truth, first, second = random.integers(3, size=(3, cases))
    difference = macro_f1_difference(marks(truth), marks(first), marks(second), np.arange(cases))
    for answers, told in ((first, difference.first), (second, difference.second)):
        f1 = sklearn.metrics.f1_score(
            truth, answers, labels=np.unique(truth), average="macro", zero_division=0
        )
        assert told == pytest.approx(f1)
    assert difference.interval is not None
    assert difference.interval[0] <= difference.interval[1]


def test_a_better_macro_f1_is_told_and_draws_are_paired() -> None:
    truth = ALONE % 3
    good, bad = np.where(ALONE % 10 > 0, truth, 0), np.where(ALONE % 10 > 3, truth, 0)
    difference = macro_f1_difference(marks(truth), marks(good), marks(bad), ALONE)
    assert difference.is_certain
    assert difference.p_value == 1 / 2000
    same = macro_f1_difference(marks(truth), marks(good), marks(good), ALONE)
    assert same.interval == [0, 0]
