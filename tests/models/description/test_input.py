"""Size, channels, layout and window are read from the input's shape, or asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.keras_models import describe_model, head_layers, keras, save_model
from helpers.sidecars import write_sidecar

from vidclf.errors import ModelError, UsageError
from vidclf.inference.engine import Engine
from vidclf.models import open_model
from vidclf.models.info import FREE
from vidclf.settings import InferenceSettings


@pytest.mark.parametrize(
    ("shape", "size", "channels", "window"),
    [
        ((24, 32, 3), (24, 32), 3, None),
        ((28, 28, 1), (28, 28), 1, None),
    ],
)
def test_input_is_read_from_the_file(
    tmp_path: Path, shape: Any, size: Any, channels: int, window: int | None
) -> None:
    info = describe_model(save_model(tmp_path, *head_layers(), shape=shape))
    assert (info.input_size, info.channels, info.window) == (size, channels, window)
    assert info.input_shape == shape


def test_channels_may_come_first(tmp_path: Path) -> None:
    flat = [keras().layers.Flatten(), keras().layers.Dense(2, activation="softmax")]
    info = describe_model(save_model(tmp_path, *flat, shape=(3, 24, 32)))
    assert (info.layout, info.input_size, info.input_shape) == (
        "channels_first",
        (24, 32),
        (3, 24, 32),
    )


def test_a_free_size_is_asked_for(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(), shape=(None, None, 3))
    assert FREE in describe_model(path).input_size
    with pytest.raises(UsageError, match="any size: give --input-size WIDTHxHEIGHT"):
        Engine(open_model(path), InferenceSettings())
    assert describe_model(path, input_size=(48, 64)).input_size == (48, 64)
    write_sidecar(path, input_size=[24, 32])
    assert describe_model(path).input_size == (24, 32)


def test_a_fixed_size_cannot_be_changed(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers())
    with pytest.raises(UsageError, match="of 32x24, not the 64x48 of --input-size: leave it out"):
        describe_model(path, input_size=(48, 64))
    write_sidecar(path, input_size=[48, 64])
    with pytest.raises(ModelError, match=r"of 32x24, not the 64x48 of model\.json"):
        describe_model(path)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((784,), r"takes input of shape \(784,\); vidclf feeds pictures"),
        ((24, 32, 4), "with no channels first or last"),
    ],
)
def test_inputs_that_are_no_pictures_are_refused(tmp_path: Path, shape: Any, message: str) -> None:
    layers = [keras().layers.Flatten(), keras().layers.Dense(2, activation="softmax")]
    with pytest.raises(ModelError, match=message):
        describe_model(save_model(tmp_path, *layers, shape=shape))


def test_a_window_of_any_length_is_asked_for(tmp_path: Path) -> None:
    layers = keras().layers
    each = layers.TimeDistributed(layers.GlobalAveragePooling2D())
    path = save_model(tmp_path, each, layers.LSTM(3), layers.Dense(2), shape=(None, 24, 32, 3))
    assert describe_model(path).window == FREE
    with pytest.raises(UsageError, match="any number of frames at once: give --window-size"):
        Engine(open_model(path), InferenceSettings())
    assert describe_model(path, window_size=7).window == 7


def test_a_side_that_no_frame_has_is_refused(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(), shape=(5000, 32, 3))
    with pytest.raises(ModelError, match="takes 32x5000 pixels, and vidclf feeds at most 4096"):
        open_model(path)


def test_a_window_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    layers = keras().layers
    each = layers.TimeDistributed(layers.GlobalAveragePooling2D())
    path = save_model(
        tmp_path, each, layers.GlobalAveragePooling1D(), layers.Dense(2), shape=(None, 512, 512, 3)
    )
    with pytest.raises(ModelError, match="takes 1000 frames of 512x512 pixels"):
        describe_model(path, window_size=1000)
