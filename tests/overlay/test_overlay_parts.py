"""The overlay's parts: blending, colours, text, and the timeline."""

from __future__ import annotations

import colorsys
import itertools
import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from vidclf.core.annotation import Annotation, Answer, AnyPatch, Patch
from vidclf.overlay.blend import blend
from vidclf.overlay.colors import INK, NEUTRAL, palette_color
from vidclf.overlay.label_colors import LabelColors
from vidclf.overlay.overlay import Overlay
from vidclf.overlay.text import Typeface, one_line
from vidclf.overlay.timeline import UNKNOWN, Timeline

PATCHES = st.builds(
    Patch,
    x=st.integers(-20, 40),
    y=st.integers(-20, 40),
    rgba=st.tuples(st.integers(1, 24), st.integers(1, 24), st.just(4)).flatmap(
        lambda shape: arrays(np.uint8, shape)
    ),
    key=st.just("any"),
)


@settings(max_examples=100, deadline=None)
@given(patch=PATCHES, seed=st.integers(0, 2**32 - 1))
def test_blend_equals_the_formula_and_touches_nothing_else(patch: Patch, seed: int) -> None:
    before = np.random.default_rng(seed).integers(0, 256, (32, 30, 3), dtype=np.uint8)
    wanted = before.astype(float)
    for row, column in itertools.product(*map(range, patch.rgba.shape[:2])):
        y, x = patch.y + row, patch.x + column
        if 0 <= y < 32 and 0 <= x < 30:
            alpha = patch.rgba[row, column, 3] / 255
            wanted[y, x] = patch.rgba[row, column, :3] * alpha + wanted[y, x] * (1 - alpha)
    after = before.copy()
    blend(after, [patch])
    assert np.abs(after - wanted).max() <= 0.501


def test_blend_draws_in_order() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    red, blue = (
        Patch(x=0, y=0, rgba=np.full((4, 4, 4), color, np.uint8), key=str(color))
        for color in ((255, 0, 0, 255), (0, 0, 255, 255))
    )
    blend(picture, [red, blue])
    assert (picture == (0, 0, 255)).all()


def test_blend_writes_into_a_view() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    white = Patch(x=0, y=0, rgba=np.full((2, 2, 4), 255, np.uint8), key="white")
    blend(picture[::2, ::2], [white])
    assert picture.sum() == 4 * 3 * 255


def test_the_first_300_colors_are_distinct() -> None:
    assert len({palette_color(place) for place in range(300)}) == 300


def test_labels_have_colors_in_the_order_in_which_they_first_count() -> None:
    colors = LabelColors()
    for label, confidence in (("cat", 0.9), ("dog", 0.2), ("fox", 0.3), ("dog", 0.8), ("cat", 0.9)):
        answers = (Answer(label=label, class_id=7, confidence=confidence),)
        colors.add(Annotation(pts_seconds=0.0, answers=answers), 0.3)
    assert [colors.color(label) for label in ("cat", "fox", "dog", "elk")] == [
        palette_color(0), palette_color(1), palette_color(2), NEUTRAL
    ]  # fmt: skip


def luminance(color: tuple[int, int, int]) -> float:
    """Relative luminance, WCAG 2.2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.array(color) / 255
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


@given(st.integers(0, 100_000))
def test_every_color_stands_out_from_the_card(place: int) -> None:
    contrast = (luminance(palette_color(place)) + 0.05) / (luminance(INK) + 0.05)
    assert contrast >= 4


@given(st.integers(24, 5000))
def test_neighbouring_colors_have_far_hues(place: int) -> None:
    hues = [
        colorsys.rgb_to_hsv(*(part / 255 for part in palette_color(near)))[0]
        for near in (place, place + 1)
    ]
    distance = abs(hues[0] - hues[1])
    assert min(distance, 1 - distance) > 0.1


# Rows of the matrices of Machado, Oliveira and Fernandes (2009), severity 1.
SIMULATED_EYES = {
    "no red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}


@pytest.mark.parametrize(
    ("eyes", "least"), [(eyes, 20 if eyes == "all cones" else 16) for eyes in SIMULATED_EYES]
)
def test_the_first_colors_and_grey_differ_to_all_eyes(eyes: str, least: float) -> None:
    color = pytest.importorskip("skimage.color")
    rgb = np.array([*(palette_color(place) for place in range(8)), NEUTRAL]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(SIMULATED_EYES[eyes]).T, 0, 1)
    shown = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    lab = color.rgb2lab(shown[None])[0]
    pairs = itertools.combinations(lab, 2)
    assert min(float(color.deltaE_ciede2000(a, b)) for a, b in pairs) >= least


@given(st.text())
def test_one_line_has_no_line_breaks_and_changes_nothing_twice(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 301


def test_all_percentages_are_equally_wide() -> None:
    typeface = Typeface()
    widths = {percent_mask(typeface, percent).width for percent in (0, 11, 88, 100)}
    assert len(widths) == 1


def percent_mask(typeface: Typeface, percent: int) -> Image.Image:
    return typeface.number_mask(
        str(percent), unit="%", widest="100", size_px=20, max_width_px=200, heavy=True
    )


@pytest.mark.parametrize("text", ["i" * 10, "W" * 10, "Ωμέγα и кошка " * 9, "ž" * 99])
def test_a_line_never_outgrows_its_room(text: str) -> None:
    mask = Typeface().mask(text, size_px=20, max_width_px=120, heavy=True)
    assert mask.width <= 120


def test_a_label_that_no_font_holds_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    typeface = Typeface()
    with caplog.at_level(logging.WARNING):
        for label in ("\U0010fffd private", "\U0010fffc too"):
            typeface.mask(label, size_px=20, max_width_px=200, heavy=False)
    assert caplog.text.count("--font FILE") == 1


@pytest.mark.parametrize("text", ["Škoda", "Łódź", "γάτα", "кошка", "Việt", "café – “a” → b"])
def test_our_font_holds_european_scripts(text: str, caplog: pytest.LogCaptureFixture) -> None:
    face = Typeface()._face_for(text, 20, heavy=True)
    assert face.getname()[0] == "Inter"
    assert not caplog.text


def test_a_label_holds_until_the_next_one() -> None:
    timeline = Timeline(span=(10.0, 20.0), columns=100)
    timeline.add(10.0, 1)
    timeline.add(13.0, 2)
    timeline.advance(15.05)
    assert (timeline.places[:30] == 1).all()
    assert (timeline.places[30:51] == 2).all()
    assert (timeline.places[51:] == UNKNOWN).all()


def test_a_crowded_column_keeps_the_label_that_held_longest() -> None:
    timeline = Timeline(span=(0.0, 10.0), columns=1)
    for second in range(10):
        timeline.add(float(second), 7 if second == 5 else 3)
    assert timeline.places.tolist() == [3]


@given(times=st.lists(st.floats(-5, 25), min_size=2, max_size=40).map(sorted))
def test_the_known_part_only_grows(times: list[float]) -> None:
    timeline = Timeline(span=(0.0, 20.0), columns=64)
    known = 0
    for place, time in enumerate(times):
        timeline.add(time, place)
        now_known = int((timeline.places != UNKNOWN).sum())
        assert now_known >= known
        assert timeline.places[timeline.column_at(time)] != UNKNOWN
        known = now_known


def test_adding_out_of_order_does_no_harm() -> None:
    timeline = Timeline(span=(0.0, 10.0), columns=10)
    for time, place in ((5.0, 1), (2.0, 2), (8.0, 3)):
        timeline.add(time, place)
    assert timeline.places[8] == 3


def strip_at(
    overlay: Overlay, pts_seconds: float, class_id: int, confidence: float = 0.9
) -> tuple[AnyPatch, AnyPatch]:
    answers = (Answer(label=f"label {class_id}", class_id=class_id, confidence=confidence),)
    _, band, head = overlay.patches(Annotation(pts_seconds=pts_seconds, answers=answers))
    return band, head


def overlay_with(*labels: tuple[float, int, float]) -> Overlay:
    overlay = Overlay(width=640, height=360, style="timeline", span=(0.0, 10.0))
    for pts_seconds, class_id, confidence in labels:
        answers = (Answer(label=f"label {class_id}", class_id=class_id, confidence=confidence),)
        overlay.add(Annotation(pts_seconds=pts_seconds, answers=answers))
    return overlay


def color_at(band: AnyPatch, share: float) -> tuple[int, ...]:
    height, width = band.rgba.shape[:2]
    return tuple(int(part) for part in band.rgba[height // 2, int(share * (width - 1)), :3])


def test_the_strip_shows_each_class_at_its_time() -> None:
    overlay = overlay_with((0, 0, 0.9), (2, 1, 0.9), (4, 2, 0.9))
    band, _ = strip_at(overlay, 6.0, 2)
    shown = [color_at(band, share) for share in (0.1, 0.3, 0.5)]
    assert shown == [palette_color(0), palette_color(1), palette_color(2)]


def test_what_is_to_come_is_neutral_when_unknown_and_dimmed_when_known() -> None:
    known = overlay_with((0, 0, 0.9), (5, 1, 0.9), (9.9, 1, 0.9))
    coming = color_at(strip_at(known, 2.0, 0)[0], 0.75)
    unknown = color_at(strip_at(overlay_with((0, 0, 0.9)), 2.0, 0)[0], 0.75)
    assert max(unknown) - min(unknown) < 25
    assert sum(coming) < sum(palette_color(1))
    assert max(coming) - min(coming) > 50


def test_uncertain_stretches_are_greyed() -> None:
    overlay = overlay_with((0, 1, 0.9), (5, 1, 0.2))
    band, _ = strip_at(overlay, 9.9, 1, 0.2)
    assert (color_at(band, 0.2), color_at(band, 0.7)) == (palette_color(0), NEUTRAL)


@given(times=st.lists(st.floats(0, 10), min_size=2, max_size=20).map(sorted))
def test_the_playhead_never_runs_backwards(times: list[float]) -> None:
    overlay = overlay_with((0, 0, 0.9))
    places = [strip_at(overlay, time, 0)[1].x for time in times]
    assert places == sorted(places)


def test_drawing_in_any_order_gives_the_same_strip() -> None:
    labels = [(float(second), second % 4, 0.9) for second in range(11)]
    forward, backward = overlay_with(*labels), overlay_with(*labels)
    strip_at(backward, 9.0, 1)
    wanted, again = strip_at(forward, 3.0, 3)[0], strip_at(backward, 3.0, 3)[0]
    np.testing.assert_array_equal(wanted.rgba, again.rgba)


def test_patches_already_handed_out_do_not_change() -> None:
    overlay = overlay_with((0, 0, 0.9))
    band, _ = strip_at(overlay, 1.0, 0)
    before = band.rgba.copy()
    later, _ = strip_at(overlay, 8.0, 0)
    np.testing.assert_array_equal(band.rgba, before)
    assert later.key != band.key
