"""A model's description follows the user before the sidecar, and that before the file."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from helpers.keras_models import describe_model, head_layers, keras, rescaling_layer, save_model
from helpers.sidecars import write_sidecar
from helpers.tiny_model import build_tiny_model

from vidclf.core.preprocessing import SCALINGS, Crop, Resize, Scaling
from vidclf.errors import ModelError, UsageError
from vidclf.models import open_model
from vidclf.settings import ModelSettings


def test_a_backbone_is_a_habit_and_proves_nothing(tmp_path: Path) -> None:
    base = keras().applications.MobileNet(
        weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg", alpha=0.25
    )
    path = save_model(tmp_path, base, keras().layers.Dense(2), shape=(32, 32, 3))
    info = describe_model(path)
    assert (info.preprocessing, info.usual_preprocessing) == (None, SCALINGS["-1-1"])
    assert info.evidence["preprocessing"] == "not known; keras.applications feeds MobileNet -1-1"
    assert describe_model(path, preprocess="0-1").preprocessing == SCALINGS["0-1"]


def test_scaling_twice_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = save_model(tmp_path, rescaling_layer(1 / 255, 0), *head_layers())
    with caplog.at_level(logging.WARNING, "vidclf"):
        assert describe_model(path, preprocess="0-1").preprocessing == SCALINGS["0-1"]
    assert "--preprocess 0-1 does it once more" in caplog.text
    write_sidecar(path, preprocessing="-1-1")
    with caplog.at_level(logging.WARNING, "vidclf"):
        describe_model(path)
    assert "model.json -1-1 does it once more" in caplog.text


def test_blue_first_contradicts_no_scaling_inside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = save_model(tmp_path, rescaling_layer(1 / 255, 0), *head_layers())
    with caplog.at_level(logging.WARNING, "vidclf"):
        describe_model(path, preprocess="bgr:none")
    assert caplog.text == ""
    with caplog.at_level(logging.WARNING, "vidclf"):
        describe_model(path, preprocess="bgr:0-1")
    assert "--preprocess bgr:0-1 does it once more" in caplog.text


def test_grey_pictures_have_no_blue(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(), shape=(28, 28, 1))
    with pytest.raises(UsageError, match=r"takes grey pictures, .* give 0-1 instead of bgr:0-1"):
        describe_model(path, preprocess="bgr:0-1")
    write_sidecar(path, preprocessing="bgr:0-1")
    with pytest.raises(ModelError, match=r"takes grey pictures, .* give 0-1 instead of bgr:0-1"):
        describe_model(path)


def test_the_user_goes_before_the_sidecar_and_that_before_the_file(tmp_path: Path) -> None:
    path = save_model(tmp_path, rescaling_layer(1 / 255, 0), *head_layers())
    write_sidecar(path, preprocessing="caffe", crop="top=3", resize={"rule": "pad"}, head="sigmoid")
    info = describe_model(path)
    assert (info.crop, info.evidence["crop"]) == (Crop(top=3), "model.json")
    assert describe_model(path, crop="left=2").crop == Crop(left=2)
    assert (info.preprocessing, info.head) == (SCALINGS["caffe"], "sigmoid")
    assert info.resize == Resize(rule="pad")
    info = describe_model(path, preprocess="torch", resize="crop:bicubic", head="regression")
    assert (info.preprocessing, info.head) == (SCALINGS["torch"], "regression")
    assert info.resize == Resize(rule="crop", kernel="bicubic")


def test_a_whole_description_does_not_hide_what_the_file_says(tmp_path: Path) -> None:
    path = save_model(tmp_path, *head_layers(units=2), shape=(28, 28, 1))
    write_sidecar(path, labels=["a", "b"], input_size=[28, 28], preprocessing="0-1", head="softmax")
    assert describe_model(path).input_shape == (28, 28, 1)


def test_whole_numbers_are_not_fed_fractions(tmp_path: Path) -> None:
    layers = keras().layers
    taken = layers.Input((24, 32, 3), dtype="uint8")
    out = layers.Rescaling(1 / 255)(taken)
    for layer in head_layers():
        out = layer(out)
    path = tmp_path / "bytes.keras"
    keras().Model(taken, out).save(path)
    assert describe_model(path).dtype == "uint8"
    with pytest.raises(UsageError, match=r"takes whole numbers \(uint8\), and --preprocess 0-1"):
        describe_model(path, preprocess="0-1")
    with pytest.raises(UsageError, match=r"and --preprocess bgr:0-1 gives fractions"):
        describe_model(path, preprocess="bgr:0-1")
    assert describe_model(path, preprocess="bgr:none").preprocessing == Scaling.parse("bgr:none")
    write_sidecar(path, preprocessing="0-1")
    with pytest.raises(
        ModelError, match=r"takes whole numbers \(uint8\), and bytes.json 0-1 gives"
    ):
        describe_model(path)


def test_unknown_scaling_is_asked_for_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "bare.keras"
    build_tiny_model(scaling=False).save(path)
    info = open_model(path).info
    assert info.preprocessing is None
    assert info.evidence["preprocessing"] == "nothing tells: say so with --preprocess"
    given = open_model(path, settings=ModelSettings(preprocess="0-1")).info
    assert given.preprocessing == SCALINGS["0-1"]
