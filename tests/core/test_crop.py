"""A crop is read from text, and says which rows and columns of a frame are left."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from vidclf.core.preprocessing import Crop
from vidclf.errors import UsageError


@pytest.mark.parametrize(
    ("text", "crop"),
    [
        ("top=60,bottom=25", Crop(top=60, bottom=25)),
        ("left=1, right=2", Crop(left=1, right=2)),
        ("top=40%", Crop(top=Fraction(2, 5))),
        ("bottom=12.5%,top=7", Crop(top=7, bottom=Fraction(1, 8))),
    ],
)
def test_edges_are_cut_by_pixels_or_percent(text: str, crop: Crop) -> None:
    assert Crop.parse(text) == crop
    assert Crop.parse(str(crop)) == crop


@pytest.mark.parametrize(
    "text", ["", "60", "top", "top=", "top=-3", "top=1.5", "middle=3", "top=1,top=2", "top=100%"]
)
def test_what_is_no_crop_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="such as top=60,bottom=25 or top=40%; edges are top"):
        Crop.parse(text)


def test_the_rest_is_what_slicing_leaves() -> None:
    frame = np.arange(160 * 320).reshape(160, 320)
    rows, columns = Crop.parse("top=60,bottom=25,left=10%,right=5").kept(160, 320)
    np.testing.assert_array_equal(frame[rows, columns], frame[60:135, 32:315])


def test_shares_round_halves_up() -> None:
    assert Crop.parse("top=50%").kept(5, 5) == (slice(3, 5), slice(0, 5))


@pytest.mark.parametrize("text", ["top=60,bottom=40", "left=99%,right=1"])
def test_a_crop_that_leaves_nothing_names_size_and_crop(text: str) -> None:
    with pytest.raises(ValueError, match=f"{text} leaves nothing of a frame of 90x100 pixels"):
        Crop.parse(text).kept(100, 90)
