"""What Keras 2 writes beside a SavedModel's graph tells what its outputs are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.zoo.making import library, save_folder

from vidclf.models.saved_models.facts import saved_model_facts


def save_linear(folder: Path, **compiled: Any) -> Path:
    lib = library("tf_keras")
    layers = lib.layers
    first = [lib.Input((8, 8, 3)), layers.Rescaling(1 / 255), layers.Flatten()]
    model = lib.Sequential([*first, layers.Dense(4)])
    if compiled:
        model.compile(**compiled)
    save_folder(model, folder / "model")
    return folder / "model"


@pytest.mark.parametrize(
    ("compiled", "loss", "metrics"),
    [
        ({"loss": "mse", "metrics": ["mae"]}, "mse", ("mae",)),
        ({}, None, ()),
    ],
)
def test_its_training_is_known(
    tmp_path: Path, compiled: dict[str, Any], loss: str | None, metrics: tuple[str, ...]
) -> None:
    facts = saved_model_facts(save_linear(tmp_path, **compiled))
    assert (facts.loss, facts.metrics) == (loss, metrics)


def test_damaged_notes_on_training_say_nothing(tmp_path: Path) -> None:
    folder = save_linear(tmp_path, loss="mse")
    assert saved_model_facts(folder).loss == "mse"
    notes = folder / "keras_metadata.pb"
    notes.write_bytes(notes.read_bytes().replace(b'"loss": "mse"', b'"loss": mse,,'))
    assert saved_model_facts(folder).loss is None
