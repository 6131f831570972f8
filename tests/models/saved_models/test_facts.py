"""What Keras 2 writes beside a SavedModel's graph tells what its outputs are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.zoo.making import library, save_folder

from vidclf.models import open_model
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
    ("compiled", "head"),
    [
        ({"loss": "mse"}, "regression"),
        ({"loss": "sparse_categorical_crossentropy"}, "logits"),
        ({"metrics": ["mae"]}, "regression"),
        ({}, None),
    ],
)
def test_its_training_tells_the_head(
    tmp_path: Path, compiled: dict[str, Any], head: str | None
) -> None:
    info = open_model(save_linear(tmp_path, **compiled)).info
    assert info.head_is_known == (head is not None)
    assert head is None or info.head == head


def test_damaged_notes_on_training_say_nothing(tmp_path: Path) -> None:
    folder = save_linear(tmp_path, loss="mse")
    assert saved_model_facts(folder).loss == "mse"
    notes = folder / "keras_metadata.pb"
    notes.write_bytes(notes.read_bytes().replace(b'"loss": "mse"', b'"loss": mse,,'))
    assert saved_model_facts(folder).loss is None
