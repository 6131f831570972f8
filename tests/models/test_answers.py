"""Keras 2: random answers are refused; a network that mixes a batch sees single pictures."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.zoo.making import library, save

from vidclf.errors import ModelError
from vidclf.inference.runtimes import open_runtime
from vidclf.models import open_model
from vidclf.models.saved_models.facts import saved_model_facts


def save_network(folder: Path, name: str, suffix: str, layer: str, **call: Any) -> tuple[Path, Any]:
    """Save a small classifier in which a layer is called in a way of its own."""
    lib = library(name)  # type: ignore[arg-type]
    lib.utils.set_random_seed(1)
    layers = lib.layers
    taken = lib.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, activation="relu")(layers.Rescaling(1 / 255)(taken))
    options = {"rate": 0.5} if layer == "Dropout" else {}
    x = layers.GlobalAveragePooling2D()(getattr(layers, layer)(**options)(x, **call))
    model = lib.Model(taken, layers.Dense(4, activation="softmax")(x))
    save(model, folder / f"model{suffix}")
    return folder / f"model{suffix}", model


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_a_network_that_mixes_a_batch_is_shown_single_pictures(
    tmp_path: Path, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    path, network = save_network(tmp_path, "tf_keras", suffix, "BatchNormalization", training=True)
    with caplog.at_level(logging.WARNING, "vidclf"):
        model = open_model(path)
    assert (model.info.fixed_batch, "shown one at a time" in caplog.text) == (1, True)
    rng = np.random.default_rng(0)
    pixels = (
        rng.integers(0, 256, (5, 16, 16, 3), np.uint8)
        // np.arange(1, 6, dtype=np.uint8)[:, None, None, None]
    )
    runtime = open_runtime("auto", info=model.info, load=model.load, probe=lambda: pixels)
    alone = [np.asarray(network(pixels[[i]].astype(np.float32))) for i in range(5)]
    assert np.abs(runtime.scores(pixels) - np.concatenate(alone)).max() < 1e-3


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_a_network_that_answers_at_random_is_refused(tmp_path: Path, suffix: str) -> None:
    path, _ = save_network(tmp_path, "tf_keras", suffix, "Dropout", training=True)
    with pytest.raises(ModelError, match="answers otherwise each time for the same picture"):
        open_model(path)


def test_a_saved_model_that_mixes_a_batch_is_known(tmp_path: Path) -> None:
    path, _ = save_network(tmp_path, "tf_keras", "", "BatchNormalization", training=True)
    assert saved_model_facts(path).depends_on_batch


@pytest.mark.parametrize(("name", "call"), [("tf_keras", {}), ("keras", {"training": True})])
def test_an_ordinary_network_takes_any_batch(
    tmp_path: Path, name: str, call: dict[str, Any]
) -> None:
    """Keras 3 heeds no `training=True` of a single layer where a model is called for inference."""
    path, _ = save_network(tmp_path, name, ".keras", "BatchNormalization", **call)
    assert open_model(path).info.fixed_batch is None
