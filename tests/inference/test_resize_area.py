"""Facts about `area_mean`: the exact mean, and what OpenCV makes of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidclf.core.preprocessing import Resize
from vidclf.inference.resize import resize_frame
from vidclf.inference.resize_area import area_mean

NEAR = 1e-3
"""How near to a half a mean may be rounded to either side."""

sides = st.integers(1, 90) | st.sampled_from([224, 299, 360])
shrunk = sides.flatmap(lambda old: st.tuples(st.just(old), st.integers(1, old)))


def noise(height: int, width: int, seed: int = 7) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def shares(old: int, new: int) -> NDArray[np.float64]:
    """(new, old): how much of each old pixel each new one covers, in whole parts of 1 / new."""
    low, high = np.arange(new)[:, None] * old, np.arange(1, new + 1)[:, None] * old
    first = np.arange(old) * new
    return np.clip(np.minimum(high, first + new) - np.maximum(low, first), 0.0, None)


def exact_mean(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float64]:
    """The mean of what each new pixel covers, a sum of whole numbers divided once."""
    (height, width), (new_height, new_width) = pixels.shape[:2], size
    down = np.tensordot(shares(height, new_height), pixels.astype(np.float64), axes=1)
    across = np.tensordot(shares(width, new_width), down, axes=(1, 1)).swapaxes(0, 1)
    return across / (height * width)


@settings(deadline=None)
@given(shrunk, shrunk)
def test_every_value_is_the_exact_mean_rounded(
    down: tuple[int, int], across: tuple[int, int]
) -> None:
    frame, size = noise(down[0], across[0]), (down[1], across[1])
    made = area_mean(frame, size)
    assert (made.shape, made.dtype) == ((*size, 3), np.uint8)
    assert np.abs(made - exact_mean(frame, size)).max() <= 0.5 + NEAR


@settings(deadline=None)
@given(shrunk, shrunk)
def test_it_is_opencvs_but_for_what_lies_on_a_half(
    down: tuple[int, int], across: tuple[int, int]
) -> None:
    frame, size = noise(down[0], across[0]), (down[1], across[1])
    opencv = cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA)
    differs = area_mean(frame, size) != opencv
    mean = exact_mean(frame, size)[differs]
    assert (np.abs(mean - np.floor(mean) - 0.5) <= NEAR).all()


@settings(deadline=None)
@given(shrunk, shrunk, st.integers(0, 255))
def test_a_uniform_picture_stays_uniform(
    down: tuple[int, int], across: tuple[int, int], level: int
) -> None:
    frame = np.full((down[0], across[0], 3), level, np.uint8)
    assert (area_mean(frame, (down[1], across[1])) == level).all()


@settings(deadline=None)
@given(shrunk, shrunk)
def test_the_whole_pictures_mean_is_kept(down: tuple[int, int], across: tuple[int, int]) -> None:
    frame = noise(down[0], across[0])
    made = area_mean(frame, (down[1], across[1]))
    assert np.abs(made.mean(axis=(0, 1)) - frame.mean(axis=(0, 1))).max() <= 0.5 + NEAR


@pytest.mark.parametrize(
    "view",
    [
        np.s_[:, 8:-8],
        np.s_[3:-2, 5:-8],
        np.s_[::-1],
        np.s_[:, ::-1],
        np.s_[::2, ::3],
        np.s_[..., ::-1],
    ],
    ids=["padded rows", "cut", "upside down", "mirrored", "thinned", "bgr"],
)
@pytest.mark.parametrize("height", [97, 40], ids=["one period", "many periods"])
def test_views_are_shrunk_like_copies(view: tuple[slice, ...], height: int) -> None:
    frame, size = noise(360, 641)[view], (height, 113)
    frame.flags.writeable = False
    np.testing.assert_array_equal(area_mean(frame, size), area_mean(frame.copy(), size))


@settings(deadline=None, max_examples=30)
@given(shrunk, shrunk, st.integers(2, 6))
def test_a_pile_of_pictures_is_shrunk_as_each_of_them_is(
    down: tuple[int, int], across: tuple[int, int], count: int
) -> None:
    frames, size = [noise(down[0], across[0], seed) for seed in range(count)], (down[1], across[1])
    pile = area_mean(np.concatenate(frames), (count * size[0], size[1]))
    each = np.concatenate([area_mean(frame, size) for frame in frames])
    np.testing.assert_array_equal(pile, each)


@pytest.mark.parametrize("height", [9000, 70_001])
def test_tall_white_stays_white(height: int) -> None:
    assert (area_mean(np.full((height, 5, 3), 255, np.uint8), (1, 2)) == 255).all()


@pytest.mark.parametrize(
    ("height", "width"), [(720, 1280), (1080, 1920), (1000, 301), (2160, 3840)]
)
def test_large_frames_are_the_mean_and_hardly_ever_not_opencvs(height: int, width: int) -> None:
    frame = noise(height, width)
    made = resize_frame(frame, (224, 224), Resize(kernel="area"))
    opencv = cv2.resize(frame, (224, 224), interpolation=cv2.INTER_AREA)
    assert np.abs(made - exact_mean(frame, (224, 224))).max() <= 0.5 + NEAR
    assert np.abs(made.astype(int) - opencv).max() <= 1
    assert (made != opencv).mean() < 0.001


@pytest.mark.parametrize(
    ("height", "width", "size"),
    [
        (180, 320, (96, 96)),
        (896, 1120, (224, 224)),
        (576, 768, (224, 224)),
        (400, 1280, (224, 224)),
        (600, 500, (224, 512)),
    ],
    ids=["small", "whole steps", "many halves", "hardly lower", "one side grows"],
)
def test_other_frames_are_opencvs_to_the_bit(
    height: int, width: int, size: tuple[int, int]
) -> None:
    frame = noise(height, width)
    opencv = cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(resize_frame(frame, size, Resize(kernel="area")), opencv)
