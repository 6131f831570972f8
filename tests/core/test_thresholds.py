"""From which score on a label counts."""

from __future__ import annotations

import pytest

from vidclf.core.thresholds import label_thresholds
from vidclf.errors import UsageError


def test_it_is_a_half_where_nobody_says() -> None:
    assert label_thresholds(2, asked=None, own=None) == (0.5, 0.5)


def test_it_is_the_models_own_for_each_label() -> None:
    assert label_thresholds(2, asked=None, own=[0.2, 0.9]) == (0.2, 0.9)


@pytest.mark.parametrize("own", [None, [0.2, 0.9], [0.2]])
def test_what_was_asked_for_goes_before_the_models_own(own: list[float] | None) -> None:
    assert label_thresholds(2, asked=0.0, own=own) == (0.0, 0.0)


@pytest.mark.parametrize("own", [[], [0.5], [0.5] * 3])
def test_the_models_own_are_one_for_each_label(own: list[float]) -> None:
    with pytest.raises(UsageError, match=rf"{len(own)} thresholds for 2 labels: each label needs"):
        label_thresholds(2, asked=None, own=own)
