"""Facts about `resize_frame`: shapes, what is cut, and what a stranger can reproduce."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from vidclf.core.preprocessing import Resize, ResizeKernel, ResizeRule
from vidclf.inference.resize import resize_frame

KERNELS: tuple[ResizeKernel, ...] = ("area", "bilinear", "bicubic")
RULES: tuple[ResizeRule, ...] = ("stretch", "crop", "pad")

sides = st.integers(1, 90) | st.sampled_from([224, 448, 720])
aspects = st.fractions(min_value=Fraction(1, 20), max_value=20, max_denominator=128)
resizes = st.builds(
    Resize,
    rule=st.sampled_from(RULES),
    kernel=st.sampled_from(KERNELS),
    crop_fraction=st.floats(0.01, 1.0),
)


def noise(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


@settings(deadline=None)
@given(sides, sides, sides, sides, resizes, aspects)
def test_any_frame_becomes_uint8_rgb_of_the_input_size(
    height: int, width: int, new_height: int, new_width: int, resize: Resize, aspect: Fraction
) -> None:
    result = resize_frame(
        noise(height, width), (new_height, new_width), resize, pixel_aspect=aspect
    )
    assert result.shape == (new_height, new_width, 3)
    assert result.dtype == np.uint8
    assert result.flags.c_contiguous


@settings(deadline=None)
@given(sides, sides, st.sampled_from(["stretch", "crop"]), st.sampled_from(KERNELS), aspects)
def test_a_uniform_picture_stays_uniform(
    height: int, width: int, rule: ResizeRule, kernel: ResizeKernel, aspect: Fraction
) -> None:
    colour = np.array([3, 200, 255], np.uint8)
    picture = np.broadcast_to(colour, (height, width, 3)).copy()
    resize = Resize(rule=rule, kernel=kernel, crop_fraction=0.7)
    assert (resize_frame(picture, (24, 32), resize, pixel_aspect=aspect) == colour).all()


@settings(deadline=None)
@given(sides, st.sampled_from(RULES), st.sampled_from(KERNELS))
def test_all_rules_agree_on_a_frame_of_the_inputs_shape(
    side: int, rule: ResizeRule, kernel: ResizeKernel
) -> None:
    square = noise(side, side)
    stretched = resize_frame(square, (32, 32), Resize(rule="stretch", kernel=kernel))
    same = resize_frame(square, (32, 32), Resize(rule=rule, kernel=kernel))
    np.testing.assert_array_equal(same, stretched)


@settings(deadline=None)
@given(sides, sides, resizes, aspects)
def test_the_frame_itself_is_left_alone(
    height: int, width: int, resize: Resize, aspect: Fraction
) -> None:
    frame = noise(height, width)
    before = frame.copy()
    resize_frame(frame, (20, 30), resize, pixel_aspect=aspect)
    np.testing.assert_array_equal(frame, before)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(
    ("height", "width", "fraction", "aspect", "box"),
    [
        (720, 1280, 1.0, "1", (0, 720, 280, 1000)),
        (1280, 720, 1.0, "1", (280, 1000, 0, 720)),
        (720, 1280, 0.875, "1", (45, 675, 325, 955)),
        (361, 641, 1.0, "1", (0, 361, 140, 501)),
        (144, 176, 1.0, "128/117", (0, 144, 22, 154)),
        (100, 50, 1.0, "2", (0, 100, 0, 50)),
        (1, 1000, 0.01, "1", (0, 1, 499, 500)),
    ],
)
def test_crop_takes_the_centre_as_it_is_displayed(
    kernel: ResizeKernel,
    height: int,
    width: int,
    fraction: float,
    aspect: str,
    box: tuple[int, int, int, int],
) -> None:
    frame = noise(height, width)
    resize = Resize(rule="crop", kernel=kernel, crop_fraction=fraction)
    top, bottom, left, right = box
    expected = resize_frame(
        frame[top:bottom, left:right].copy(), (64, 64), Resize(rule="stretch", kernel=kernel)
    )
    result = resize_frame(frame, (64, 64), resize, pixel_aspect=Fraction(aspect))
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("height", "width", "aspect", "picture_box"),
    [
        (90, 160, "1", (14, 50, 0, 64)),
        (160, 90, "1", (0, 64, 14, 50)),
        (64, 32, "2", (0, 64, 0, 64)),
        (1, 5000, "1", (31, 32, 0, 64)),
    ],
)
def test_pad_keeps_the_whole_frame_between_black_bars(
    height: int, width: int, aspect: str, picture_box: tuple[int, int, int, int]
) -> None:
    white = np.full((height, width, 3), 255, np.uint8)
    result = resize_frame(white, (64, 64), Resize(rule="pad"), pixel_aspect=Fraction(aspect))
    expected = np.zeros((64, 64, 3), np.uint8)
    top, bottom, left, right = picture_box
    expected[top:bottom, left:right] = 255
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("side", [60, 120, 720])
def test_area_averages_away_the_finest_stripes(side: int) -> None:
    stripes = np.zeros((side, side, 3), np.uint8)
    stripes[:, ::2] = 240
    assert (resize_frame(stripes, (30, 30), Resize(kernel="area")) == 120).all()


@pytest.mark.parametrize(("height", "width"), [(180, 320), (144, 176), (300, 100), (896, 1344)])
def test_area_is_one_call_of_opencv(height: int, width: int) -> None:
    frame = noise(height, width)
    expected = cv2.resize(frame, (224, 224), interpolation=cv2.INTER_AREA)
    resize = Resize(rule="stretch", kernel="area")
    np.testing.assert_array_equal(resize_frame(frame, (224, 224), resize), expected)


def test_the_recipe_for_area_with_opencv_alone() -> None:
    frame = noise(720, 1280)
    expected = cv2.resize(frame[:, 280:1000], (224, 224), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(resize_frame(frame, (224, 224), Resize(rule="crop")), expected)


def test_the_recipe_for_bicubic_with_pillow_alone() -> None:
    frame = noise(100, 100)
    expected = np.asarray(Image.fromarray(frame).resize((64, 64), Image.Resampling.BICUBIC))
    result = resize_frame(frame, (64, 64), Resize(kernel="bicubic"))
    np.testing.assert_array_equal(result, expected)
