"""How sure a figure is, by draws of groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.metrics import bootstrap
from vidclf.metrics.bootstrap import mean_interval, share_interval

CASES = 400
ALONE = np.arange(CASES)
CORRECT = ALONE % 5 > 0  # 0.8


def width(interval: list[float] | None) -> float:
    assert interval is not None
    return interval[1] - interval[0]


def test_single_cases_have_about_the_normal_interval() -> None:
    interval = share_interval(CORRECT, ALONE, seed=0)
    off = 1.96 * np.sqrt(0.8 * 0.2 / CASES)
    assert interval == pytest.approx([0.8 - off, 0.8 + off], abs=0.01)


def test_frames_of_few_clips_are_less_sure_than_as_many_single_cases() -> None:
    clips = np.repeat(np.arange(10), CASES // 10)
    is_right = np.repeat(np.arange(10) > 1, CASES // 10)
    assert width(share_interval(is_right, clips, seed=0)) > 3 * width(
        share_interval(CORRECT, ALONE, seed=0)
    )


def test_one_group_has_no_interval() -> None:
    assert share_interval(CORRECT, np.zeros(CASES, int), seed=0) is None


@pytest.mark.parametrize(("is_right", "expected"), [(True, [0.6915, 1]), (False, [0, 0.3085])])
def test_ten_of_ten_are_not_certain(is_right: bool, expected: list[float]) -> None:
    ten = np.arange(10).repeat(3)
    interval = share_interval(np.full(30, is_right), ten, seed=0)
    assert interval == pytest.approx(expected, abs=1e-4)  # Clopper and Pearson for 10 of 10


def test_a_seed_gives_the_same_interval() -> None:
    first, again, other = (share_interval(CORRECT, ALONE, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 4)), min_size=1, max_size=30))
def test_an_interval_is_within_the_values(cases: list[tuple[float, int]]) -> None:
    values, groups = (np.array(column) for column in zip(*cases, strict=True))
    interval = mean_interval(values, groups, seed=0)
    if interval is not None:
        low, high = interval
        assert values.min() - 1e-6 <= low <= high <= values.max() + 1e-6


def test_groups_of_many_kinds_are_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_MOST_NUMBERS", 2**17)
    values = np.random.default_rng(0).normal(size=1000)
    interval = mean_interval(values, np.arange(1000), seed=0)
    off = 1.96 / np.sqrt(1000)
    assert interval == pytest.approx([values.mean() - off, values.mean() + off], abs=0.01)
