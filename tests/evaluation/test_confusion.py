"""Which class is taken for which: counts, and what is shown where classes are many."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidclf.evaluation.confusion import Confusion, confusion_of, most_confused


def confusion(counts: list[list[int]]) -> Confusion:
    labels = tuple(f"class {place}" for place in range(len(counts)))
    return Confusion(labels=labels, counts=np.array(counts))


def test_rows_are_true_and_columns_answered() -> None:
    counted = confusion_of(np.array([0, 0, 1]), np.array([0, 1, 1]), ("a", "b"))
    assert counted.counts.tolist() == [[1, 1], [0, 1]]


def test_few_classes_stay_as_they_are() -> None:
    whole = confusion([[1, 2], [3, 4]])
    assert most_confused(whole, 2) is whole


def test_of_many_classes_those_of_the_most_frequent_mistakes_stay() -> None:
    counts = np.diag([9, 9, 9, 9, 9])
    counts[1, 3] = 4
    counts[0, 2] = 3
    shown = most_confused(confusion(counts.tolist()), 3)
    assert shown.labels == ("class 1", "class 3", "3 others")
    assert shown.counts.tolist() == [[9, 4, 0], [0, 9, 0], [0, 0, 30]]
    assert shown.others == 3


def test_of_too_many_classes_those_that_never_occur_go_first() -> None:
    counts = np.diag([2, 0, 3, 0, 0])
    shown = most_confused(confusion(counts.tolist()), 2)
    assert (shown.labels, shown.others) == (("class 0", "class 2"), 0)


def test_the_few_classes_that_have_cases_stay() -> None:
    counts = np.zeros((9, 9), dtype=int)
    counts[0, 0], counts[4, 4] = 9, 2
    counts[0, 5:9] = 1
    assert most_confused(confusion(counts.tolist()), 5).labels[:2] == ("class 0", "class 4")


@given(st.integers(0, 2**32), st.integers(2, 9))
def test_no_case_is_lost(seed: int, most: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 3, (12, 12))
    shown = most_confused(confusion(counts.tolist()), most)
    assert shown.counts.sum() == counts.sum()
    assert len(shown.labels) == len(set(shown.labels)) == most
