"""Numbers and bars that are put together have the pixels of the whole drawn at once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from vidclf.core.annotation import PatchCut, TiledPatch
from vidclf.core.frames import Pixels
from vidclf.overlay.canvas import Canvas
from vidclf.overlay.card_rows import Row
from vidclf.overlay.card_sizes import CardSizes, RowPlace
from vidclf.overlay.layout import measure
from vidclf.overlay.row_layout import RowLayout
from vidclf.overlay.row_tiles import RowTiles
from vidclf.overlay.text import Typeface

INK, COLOR = (255, 255, 255), (222, 155, 3)
SIZES = [(426, 240, Fraction(1)), (1280, 720, Fraction(1)), (720, 576, Fraction(16, 15))]
PERCENTS = [*range(13), *range(13, 88, 5), *range(88, 101)]
ROW = Row(label="", ink=INK, color=COLOR, widest="100", unit="%")


class Drawn:
    """Rows of one card, and what they should look like."""

    def __init__(
        self, width: int, height: int, aspect: Fraction, *, font: Path | None = None
    ) -> None:
        self.layout = measure(width, height, aspect)
        sizes = CardSizes(self.layout, has_bars=True)
        typeface = Typeface(font, pixel_aspect=self.layout.pixel_aspect)
        width_px = self.layout.card_width_px
        self.row = RowLayout(self.layout, sizes, typeface, has_bars=True, width_px=width_px)
        self.tiles = RowTiles(self.layout, sizes, typeface, row=self.row, has_bars=True, look="")
        heights = tuple(sizes.rows_px(1, has_headline=True))
        self.place = RowPlace(rank=0, heights_px=heights, is_headline=True, x=8, y=6)

    def patch(self, row: Row) -> TiledPatch:
        return self.tiles.patch(row, self.place)

    def canvas(self, row: Row) -> tuple[Image.Image, Canvas]:
        """To draw more on a row."""
        image = Image.fromarray(self.patch(row).rgba)
        return image, Canvas(image, pixel_aspect=self.layout.pixel_aspect)


@pytest.fixture(params=SIZES, ids=str, scope="module")
def drawn(request: pytest.FixtureRequest) -> Drawn:
    return Drawn(*request.param)


def number_drawn_at_once(drawn: Drawn, number: str) -> Pixels:
    image, canvas = drawn.canvas(replace(ROW, widest="", unit=""))
    mask = drawn.row.number_mask(number, "%", "100", is_heavy=True, is_headline=True)
    y = drawn.row.text_top(drawn.place)
    canvas.text(mask, x=drawn.row.text_left(mask), y=y, color=INK)
    return np.asarray(image)


@pytest.mark.parametrize("number", [*map(str, PERCENTS), "1.5", "\N{MINUS SIGN}4"])
def test_a_number_of_two_parts_is_the_number(drawn: Drawn, number: str) -> None:
    patch = drawn.patch(replace(ROW, number=number))
    np.testing.assert_array_equal(patch.rgba, number_drawn_at_once(drawn, number))


@pytest.mark.parametrize("percent", PERCENTS)
def test_a_bar_of_three_parts_is_the_bar(drawn: Drawn, percent: int) -> None:
    image, canvas = drawn.canvas(replace(ROW, bar=(0.0, 0.0)))
    left, y, length, height = drawn.row.track(drawn.place)
    if percent:
        canvas.pill((left, y, max(height, length * percent / 100), height), COLOR)
    patch = drawn.patch(replace(ROW, bar=(0.0, percent / 100)))
    np.testing.assert_array_equal(patch.rgba, np.asarray(image))


def cuts(patch: TiledPatch) -> int:
    return sum(isinstance(tile, PatchCut) for tile in patch.tiles)


def test_parts_are_used() -> None:
    drawn = Drawn(1280, 720, Fraction(1))
    assert cuts(drawn.patch(replace(ROW, number="37", bar=(0.0, 0.37)))) == 2 + 3


def test_what_parts_cannot_make_is_drawn_at_once() -> None:
    drawn = Drawn(1280, 720, Fraction(1))
    assert cuts(drawn.patch(replace(ROW, number="\N{MINUS SIGN}7", bar=(0.2, 0.5)))) == 0
    assert cuts(drawn.patch(replace(ROW, number="37", bar=(0.0, 0.995)))) == 2


@pytest.mark.parametrize("name", ["DejaVuSans-BoldOblique.ttf", "STIXGeneralItalic.ttf"])
def test_slanted_digits_are_whole(name: str) -> None:
    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    drawn = Drawn(1280, 720, Fraction(1), font=font)
    for number in map(str, range(101)):
        patch = drawn.patch(replace(ROW, number=number))
        np.testing.assert_array_equal(patch.rgba, number_drawn_at_once(drawn, number))
