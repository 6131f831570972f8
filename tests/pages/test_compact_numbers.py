"""Columns of whole numbers lose next to nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidclf.pages.compact_numbers import TICKS_PER_SECOND, scaled, steps, ticks


@given(st.lists(st.integers(0, 10**9), min_size=1).map(sorted))
def test_times_survive_as_distances(frames: Sequence[int]) -> None:
    seconds = [frame / 30 for frame in frames]
    back = np.cumsum(steps(ticks(seconds))) / TICKS_PER_SECOND
    assert np.abs(back - seconds).max() <= 1 / TICKS_PER_SECOND
    assert (back - seconds).min() > -1e-6  # never before the frame


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_values_keep_their_place_to_half_a_step(values: Sequence[float]) -> None:
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    back = [low + place / 4000 * span for place in scaled(values, low=low, high=high, count=4000)]
    assert np.abs(np.array(back) - values).max() <= span / 8000 * 1.001
