"""How frames become inputs: sizes, scalings, and the numbers people have for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vidclf.core.preprocessing import SCALINGS, Resize, Scaling
from vidclf.errors import UsageError
from vidclf.inference.tensors import to_input
from vidclf.models.info import ModelInfo

PIXELS = np.random.default_rng(1).integers(0, 256, (2, 5, 4, 3), np.uint8)


def fed(**fields: Any) -> ModelInfo:
    given = {"preprocessing": SCALINGS["none"], **fields}
    return ModelInfo(
        name="m", path="m", digest="", labels=("a", "b"), input_size=(5, 4), resize=Resize(),
        head="softmax", **given,
    )  # fmt: skip


@pytest.mark.parametrize(("name", "mode"), [("-1-1", "tf"), ("caffe", "caffe"), ("torch", "torch")])
def test_named_scalings_are_those_of_keras_applications(name: str, mode: str) -> None:
    from vidclf.models.keras_files.loading import import_keras

    utils = import_keras().applications.imagenet_utils
    reference = utils.preprocess_input(PIXELS.astype("float32"), mode=mode)
    scaled = SCALINGS[name].apply(PIXELS)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, reference, atol=1e-4)


def test_scalings_end_where_their_names_say() -> None:
    ends = np.array([0, 255], np.uint8).reshape(1, 1, 2, 1).repeat(3, axis=3)
    assert SCALINGS["none"].apply(ends).max() == 255
    assert (SCALINGS["0-1"].apply(ends).min(), SCALINGS["0-1"].apply(ends).max()) == (0, 1)
    assert (SCALINGS["-1-1"].apply(ends).min(), SCALINGS["-1-1"].apply(ends).max()) == (-1, 1)


@pytest.mark.parametrize(
    ("numbers", "name"),
    [
        ("0/255", "0-1"),
        ("127.5/127.5", "-1-1"),
        ("123.675,116.28,103.53/58.395,57.12,57.375", "torch"),
    ],
)
def test_numbers_can_say_what_names_say(numbers: str, name: str) -> None:
    np.testing.assert_array_equal(
        Scaling.parse(numbers).apply(PIXELS), SCALINGS[name].apply(PIXELS)
    )


@pytest.mark.parametrize("text", ["none", "0-1", "-1-1", "torch", "127.5/127.5", "1,2,3/4,5,6"])
def test_blue_first_is_the_same_arithmetic_on_turned_pictures(text: str) -> None:
    scaled = Scaling.parse(f"bgr:{text}")
    np.testing.assert_array_equal(
        scaled.apply(PIXELS), Scaling.parse(text).apply(PIXELS[..., ::-1])
    )
    assert (scaled.name, scaled.name_of_numbers) == (f"bgr:{text}", text)


@pytest.mark.parametrize("text", ["bgr:caffe", "bgr:bgr:0-1"])
def test_blue_is_not_put_first_twice(text: str) -> None:
    with pytest.raises(UsageError, match="has blue first already; give "):
        Scaling.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("imagenet", "give none, 0-1, -1-1, caffe, torch, or MEAN/DEVIATION"),
        ("127.5", "or MEAN/DEVIATION"),
        ("bgr:", "give none, 0-1, "),
        ("bgr:imagenet", "give none, 0-1, "),
        ("0-1bgr:", "with bgr: before it"),
        ("1,2/3", "or MEAN/DEVIATION"),
        ("nan/1", "or MEAN/DEVIATION"),
        ("1/255", "is no MEAN/DEVIATION: 0-1 divides by 255"),
        ("1e9/1", "means must be 0 to 255 and deviations more than 0"),
        ("0/0", "deviations more than 0"),
        ("0.5/0.5", "on the scale of 0 to 255; if these are on that of 0 to 1, give 127.5/127.5"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Scaling.parse(text)


@pytest.mark.parametrize(
    ("text", "rule", "kernel"), [("pad", "pad", "area"), ("crop:bilinear", "crop", "bilinear")]
)
def test_resizing_is_read_from_text(text: str, rule: str, kernel: str) -> None:
    assert Resize.parse(text) == Resize(rule=rule, kernel=kernel)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["squeeze", "crop:nearest", ""])
def test_unknown_resizing_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is none of"):
        Resize.parse(text)


def test_grey_models_get_the_grey_that_pillow_makes() -> None:
    from PIL import Image

    reference = np.stack([np.asarray(Image.fromarray(p).convert("L")) for p in PIXELS])
    grey = to_input(PIXELS, fed(channels=1))
    assert grey.shape == (2, 5, 4, 1)
    assert np.abs(grey[..., 0] - reference).max() <= 1


def test_channels_first_models_get_channels_first() -> None:
    fields = {"layout": "channels_first", "preprocessing": SCALINGS["caffe"]}
    first = to_input(PIXELS, fed(**fields))
    np.testing.assert_array_equal(first, np.moveaxis(SCALINGS["caffe"].apply(PIXELS), -1, 1))
    clip = to_input(PIXELS[None], fed(**fields, window=2))
    assert clip.shape == (1, 2, 3, 5, 4)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32"])
def test_inputs_have_the_models_type(dtype: str) -> None:
    values = to_input(PIXELS, fed(dtype=dtype))
    assert values.dtype == dtype
    np.testing.assert_array_equal(values, PIXELS)


def test_feeding_does_not_touch_the_pixels() -> None:
    before = PIXELS.copy()
    for scaling in SCALINGS.values():
        to_input(PIXELS, fed(preprocessing=scaling))
    np.testing.assert_array_equal(PIXELS, before)
