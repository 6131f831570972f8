"""Pictures that look alike are linked, and others are not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from helpers.labelled_pictures import smooth_picture
from PIL import Image

from vidclf.core.frames import Pixels
from vidclf.dataset import near_duplicates
from vidclf.dataset.near_duplicates import look_of, near_duplicate_pairs


def picture(number: int) -> Pixels:
    """Clouds of several sizes, as photographs have them; another for each number."""
    layers = [smooth_picture(10 * number + size, size=(96, 96)) for size in range(2)]
    fine = np.random.default_rng(number).integers(0, 256, (12, 12, 3), np.uint8)
    layers.append(Image.fromarray(fine).resize((96, 96), Image.Resampling.BICUBIC))
    return np.mean([np.asarray(layer, float) for layer in layers], axis=0).astype(np.uint8)


def recompressed(pixels: Pixels) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "jpeg", quality=30)
    return np.asarray(Image.open(file).convert("RGB"))


def rescaled(pixels: Pixels) -> Pixels:
    small = Image.fromarray(pixels).resize((60, 52))
    return np.asarray(small.resize((96, 96), Image.Resampling.BILINEAR))


def padded(pixels: Pixels) -> Pixels:
    canvas = np.zeros_like(pixels)
    canvas[12:84] = np.asarray(Image.fromarray(pixels).resize((96, 72)))
    return canvas


def pairs_of(*pictures: Pixels) -> list[list[int]]:
    looks = np.stack([look_of(pixels) for pixels in pictures])
    return near_duplicate_pairs(looks).tolist()


@pytest.mark.parametrize(
    "change",
    [recompressed, rescaled, padded, np.fliplr, lambda pixels: pixels // 2 + 40],
    ids=["recompressed", "rescaled", "padded", "mirrored", "paler"],
)
def test_a_changed_copy_is_found(change: object) -> None:
    assert callable(change)
    pictures = [picture(number) for number in range(6)]
    assert pairs_of(*pictures, change(pictures[2])) == [[2, 6]]


def test_an_upturned_copy_is_another_picture() -> None:
    assert pairs_of(picture(0), np.flipud(picture(0))) == []


def test_plain_pictures_are_not_linked() -> None:
    black, white = (np.full((48, 64, 3), level, np.uint8) for level in (0, 255))
    noise = np.random.default_rng(0).integers(0, 2, (48, 64, 3)).astype(np.uint8)
    assert pairs_of(black, black, white, black + noise, white) == []


def test_a_trace_of_structure_does_not_link_plain_pictures() -> None:
    dark = np.zeros((48, 64, 3), np.uint8)
    dark[:, 32:] = 1
    assert pairs_of(dark, dark + 100) == []


def test_a_chain_is_one_cluster() -> None:
    angles = np.deg2rad([0, 20, 40, 60, 150])  # 20 degrees are alike, 40 are not
    looks = np.zeros((5, len(look_of(picture(0)))), np.float32)
    looks[:, 0], looks[:, 1] = np.cos(angles), np.sin(angles)
    assert near_duplicate_pairs(looks).tolist() == [[0, 1], [1, 2], [2, 3]]


def test_many_copies_need_few_pairs() -> None:
    looks = np.tile(look_of(picture(0)), (50, 1))
    pairs = near_duplicate_pairs(looks)
    assert len(pairs) == 49
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert set(pairs.ravel().tolist()) == set(range(50))


def test_pairs_do_not_hang_on_the_size_of_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = np.stack([look_of(picture(number % 7)) for number in range(40)])
    usual = near_duplicate_pairs(looks)
    monkeypatch.setattr(near_duplicates, "_ROWS", 3)
    monkeypatch.setattr(near_duplicates, "_COLUMNS", 5)
    assert len(near_duplicate_pairs(looks)) == len(usual) == 33


def test_no_pictures_have_no_pairs() -> None:
    assert near_duplicate_pairs(np.empty((0, 121), np.float32)).shape == (0, 2)
