"""Where the card stands, and how large it is."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidclf.core.annotation import Annotation, Answer, AnyPatch, Value
from vidclf.errors import UsageError
from vidclf.overlay.overlay import STYLES, Overlay
from vidclf.overlay.text import Typeface
from vidclf.settings import Corner, Style

LONG = "black-and-tan coonhound, Staffordshire bullterrier"
CORNERS: tuple[Corner, ...] = get_args(Corner)
SIZES = st.tuples(st.integers(16, 900), st.integers(16, 900))


def showing(*labels: str, seconds: float = 0.0, is_sure: bool | None = None) -> Annotation:
    answers = tuple(
        Answer(label=label, class_id=rank, confidence=0.9 / (1 + rank))
        for rank, label in enumerate(labels)
    )
    return Annotation(pts_seconds=seconds, answers=answers, is_sure=is_sure)


def rectangle(patches: tuple[AnyPatch, ...]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all that patches cover."""
    return (
        min(patch.x for patch in patches),
        min(patch.y for patch in patches),
        max(patch.x + patch.rgba.shape[1] for patch in patches),
        max(patch.y + patch.rgba.shape[0] for patch in patches),
    )


def width_of(patches: tuple[AnyPatch, ...]) -> int:
    left, _, right, _ = rectangle(patches)
    return right - left


@pytest.mark.parametrize("style", ["card", "bars"])
def test_a_long_label_is_whole_where_the_picture_has_room(style: Style) -> None:
    overlay = Overlay(width=1280, height=720, style=style)
    label_px = Typeface().width_px(LONG, size_px=30, heavy=True)
    assert label_px + 100 < width_of(overlay.patches(showing(LONG))) < 1280


def test_a_long_runner_up_is_whole_too() -> None:
    overlay = Overlay(width=1280, height=720, style="bars")
    label_px = Typeface().width_px(LONG, size_px=18, heavy=False)
    assert label_px + 60 < width_of(overlay.patches(showing("cat", LONG)))


@given(labels=st.lists(st.sampled_from(["cat", LONG, LONG[:30], LONG * 5]), min_size=2))
@settings(max_examples=20, deadline=None)
def test_the_card_never_gets_narrower(labels: list[str]) -> None:
    overlay = Overlay(width=640, height=360, style="card")
    widths = [width_of(overlay.patches(showing(label))) for label in labels]
    assert all(later >= earlier for earlier, later in itertools.pairwise(widths))


def test_the_card_has_few_widths() -> None:
    overlay = Overlay(width=1280, height=720, style="card")
    widths = {width_of(overlay.patches(showing("m" * length))) for length in range(1, 40)}
    assert len(widths) <= 10


def test_what_is_known_beforehand_leaves_the_card_as_it_is() -> None:
    overlay = Overlay(width=1280, height=720, style="card")
    shown = [showing("cat"), showing(LONG, seconds=1.0)]
    overlay.know(shown, end_seconds=2.0)
    assert width_of(overlay.patches(shown[0])) == width_of(overlay.patches(shown[1]))


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("style", STYLES)
def test_the_card_stands_in_its_corner_clear_of_the_strip(corner: Corner, style: Style) -> None:
    overlay = Overlay(width=640, height=360, style=style, span=(0.0, 9.0), position=corner)
    patches = overlay.patches(showing("cat", "dog", "fox"))
    card = tuple(patch for patch in patches if "cat" in patch.key or "'dog'" in patch.key)
    left, top, right, bottom = rectangle(card)
    assert (left < 20) == corner.endswith("left")
    assert (right > 620) == corner.endswith("right")
    assert (top < 20) == corner.startswith("top")
    if corner.startswith("bottom"):
        strip = [patch.y for patch in patches if patch.key.startswith(("timeline", "head"))]
        assert bottom < min(strip, default=360)
        assert bottom > 300


def test_gauges_at_the_bottom_leave_no_room_for_a_strip_that_they_lack() -> None:
    overlay = Overlay(width=640, height=360, span=(0.0, 9.0), position="bottom-left")
    values = Annotation(pts_seconds=1.0, values=(Value(name="speed", number=3.0),))
    _, _, _, bottom = rectangle(overlay.patches(values))
    assert 340 < bottom < 360


def test_a_card_at_the_right_grows_to_the_left() -> None:
    overlay = Overlay(width=1280, height=720, style="card", position="top-right")
    short, long = (rectangle(overlay.patches(showing(label))) for label in ("cat", LONG))
    assert short[2] == long[2]
    assert long[0] < short[0]


def test_an_unknown_corner_is_refused() -> None:
    with pytest.raises(UsageError, match="choose one of top-left, top-right, bottom-left, bottom"):
        Overlay(width=640, height=360, position="middle")  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(
    size=SIZES,
    aspect=st.sampled_from([Fraction(1), Fraction(64, 51), Fraction(3, 4)]),
    corner=st.sampled_from(CORNERS),
    label=st.sampled_from(["cat", LONG]),
)
def test_the_card_lies_inside_the_picture_on_even_pixels(
    size: tuple[int, int], aspect: Fraction, corner: Corner, label: str
) -> None:
    overlay = Overlay(
        width=size[0], height=size[1], pixel_aspect=aspect, span=(0, 9), position=corner
    )
    for patch in overlay.patches(showing(label, "dog", LONG)):
        if patch.key.startswith("head"):
            continue
        height, width = patch.rgba.shape[:2]
        assert 0 <= patch.x <= size[0] - width
        assert 0 <= patch.y <= size[1] - height
        assert patch.x % 2 == patch.y % 2 == 0


@pytest.mark.parametrize("size", [(176, 144), (320, 180), (144, 256), (320, 238)])
@pytest.mark.parametrize("style", STYLES)
def test_a_small_picture_has_one_line(size: tuple[int, int], style: Style) -> None:
    overlay = Overlay(width=size[0], height=size[1], style=style)
    (card,) = overlay.patches(showing("Egyptian cat", "tabby cat", "lynx"))
    assert card.rgba[..., 0].size < 0.15 * size[0] * size[1]
    assert card.rgba.shape[0] <= 24


def test_a_small_picture_counts_labels_that_have_no_room() -> None:
    overlay = Overlay(width=176, height=144)
    patches = overlay.patches(showing(*"abcdefgh", is_sure=True))
    assert "more'" in patches[-1].key
    assert np.sum([patch.rgba[..., 0].size for patch in patches]) < 0.25 * 176 * 144
