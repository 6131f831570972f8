"""The scaling before a network follows from what the network does to its input first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.models.scaling_clues.conclusion import Affine, expected_scaling, scaling_to_range


def affine(slope: float, offset: float) -> Affine:
    return Affine(slope=slope, offset=offset, parts=("Rescaling",))


@pytest.mark.parametrize(
    ("slope", "offset", "before"),
    [
        (1 / 255, 0, "none"),
        (1 / 127.5, -1, "none"),
        (-1 / 255, 1, "none"),  # a negative
        (1 / 58, -2, "none"),
        (1, -117, "none"),  # less the mean, as caffe
        (2, -1, "0-1"),
        (1 / 0.229, -2.1, "0-1"),
        (255, 0, "0-1"),
        (1, 0, None),  # says nothing
        (127.5, 127.5, None),
        (0, 0, None),
    ],
)
def test_the_expected_scaling_follows_from_slope_and_offset(
    slope: float, offset: float, before: str | None
) -> None:
    assert expected_scaling(affine(slope, offset)) == before


@given(mean=st.floats(20, 235), deviation=st.floats(10, 255))
def test_a_normalisation_of_pixels_is_known_as_one(mean: float, deviation: float) -> None:
    assert expected_scaling(affine(1 / deviation, -mean / deviation)) == "none"


def test_steps_are_combined_in_their_order() -> None:
    both = Affine(slope=2, parts=("Multiply",)).then(Affine(slope=3, offset=1, parts=("Add",)))
    assert both == Affine(slope=6, offset=1, parts=("Multiply", "Add"))
    shifted_first = Affine(offset=1).then(Affine(slope=3))
    assert (shifted_first.slope, shifted_first.offset) == (3, 3)


def test_a_network_that_does_not_scale_expects_no_certain_scaling() -> None:
    assert expected_scaling(Affine(slope=1 / 255)) is None


@pytest.mark.parametrize(
    ("low", "high", "scaling"),
    [(0, 255, "none"), (0, 1, "0-1"), (-1, 0.992, "-1-1"), (0, 6, None), (-2.1, 2.6, None)],
)
def test_a_quantised_range_shows_the_scaling(low: float, high: float, scaling: str | None) -> None:
    assert scaling_to_range(low, high) == scaling
