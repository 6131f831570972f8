"""The expected calibration error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.metrics.scoring import expected_calibration_error


def test_of_one_bin_by_hand() -> None:
    confidences, correct = np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, True, False])
    assert expected_calibration_error(confidences, correct) == pytest.approx(0.15)


def test_bins_do_not_make_up_for_each_other() -> None:
    confidences, correct = np.array([0.9, 0.1]), np.array([False, True])
    assert expected_calibration_error(confidences, correct) == pytest.approx(0.9)
    assert expected_calibration_error(confidences, correct, bins=1) == pytest.approx(0)


def test_the_upper_edge_belongs_to_a_bin() -> None:
    confidences, correct = np.array([0.5, 0.4]), np.array([True, False])
    # (0, 0.5] holds both: |0.9 - 1| / 2
    assert expected_calibration_error(confidences, correct, bins=2) == pytest.approx(0.05)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.integers(1, 20))
def test_it_is_a_share(cases: list[tuple[float, bool]], bins: int) -> None:
    confidences, correct = (np.array(column) for column in zip(*cases, strict=True))
    error = expected_calibration_error(confidences, correct, bins=bins)
    assert 0 <= error <= 1
    assert error >= abs(confidences.mean() - correct.mean()) - 1e-9
