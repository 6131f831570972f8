"""Figures of estimated values."""

from __future__ import annotations

import numpy as np
import pytest

from vidclf.metrics.scoring import score

TRUTH = np.array([[0.0, 5], [2, 5], [4, 5]])
VALUES = np.array([[0.0, 6], [1, 4], [6, 5]])


def test_figures_by_hand() -> None:
    figures = score("regression", TRUTH, VALUES, ["angle", "speed"])
    angle, speed = figures["per_value"]
    assert angle == {
        "label": "angle",
        "mae": 1,
        "rmse": pytest.approx(np.sqrt(5 / 3)),
        "r2": pytest.approx(1 - 5 / 8),
    }
    assert speed["mae"] == pytest.approx(2 / 3)
    assert figures["mae"] == pytest.approx((1 + 2 / 3) / 2)
    assert figures["rmse"] == pytest.approx((angle["rmse"] + speed["rmse"]) / 2)


def test_r2_of_what_never_changes_is_none() -> None:
    figures = score("regression", TRUTH, VALUES, ["angle", "speed"])
    assert figures["per_value"][1]["r2"] is None
    assert figures["r2"] == figures["per_value"][0]["r2"]


def test_one_case_tells_an_error_and_no_interval() -> None:
    figures = score("regression", TRUTH[:1], VALUES[:1], ["angle", "speed"])
    assert (figures["mae"], figures["mae_interval"], figures["r2"]) == (0.5, None, None)


def test_the_interval_holds_the_error() -> None:
    figures = score("regression", TRUTH, VALUES, ["angle", "speed"])
    low, high = figures["mae_interval"]
    assert 0.5 <= low <= figures["mae"] <= high <= 1
