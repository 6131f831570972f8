"""What made the outputs is seen in the last layers, or in the answers, or is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.zoo.making import library, save

from vidclf.models import open_model
from vidclf.models.saved_models.facts import saved_model_facts
from vidclf.settings import ModelSettings

End = Callable[[Any, Any], Any]


def average(lib: Any, x: Any) -> Any:
    """Two networks in one."""
    heads = [lib.layers.Dense(4, activation="softmax")(x) for _ in range(2)]
    return lib.layers.Average()(heads)


def softmax_as_layer(lib: Any, x: Any) -> Any:
    return lib.layers.Dense(4, activation=lib.layers.Softmax())(x)


def softmax_of_code(lib: Any, x: Any) -> Any:
    return lib.layers.Lambda(softmax)(lib.layers.Dense(4)(x))


def softmax(x: Any) -> Any:
    import tensorflow as tf

    return tf.exp(x) / tf.reduce_sum(tf.exp(x), axis=-1, keepdims=True)


def sum_of_logits(lib: Any, x: Any) -> Any:
    return lib.layers.Add()([lib.layers.Dense(4)(x), lib.layers.Dense(4)(x)])


def shares(lib: Any, x: Any) -> Any:
    """Scores of labels that exclude nothing."""
    heads = [lib.layers.Dense(2, activation="sigmoid")(x) for _ in range(2)]
    return lib.layers.Concatenate()(heads)


def save_ending(folder: Path, name: Any, suffix: str, end: End, loss: str) -> Path:
    lib = library(name)
    layers = lib.layers
    taken = lib.Input((8, 8, 3))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(layers.Rescaling(1 / 255)(taken)))
    model = lib.Model(taken, end(lib, x))
    model.compile(loss=loss)
    save(model, folder / f"model{suffix}")
    return folder / f"model{suffix}"


@pytest.mark.parametrize(
    ("name", "suffix", "end"),
    [
        ("tf_keras", ".h5", average),
        ("keras", ".keras", average),
        ("keras", ".keras", softmax_as_layer),
    ],
)
def test_scores_that_sum_to_one_get_no_second_softmax(
    tmp_path: Path, name: str, suffix: str, end: End
) -> None:
    info = open_model(save_ending(tmp_path, name, suffix, end, "categorical_crossentropy")).info
    assert (info.head, info.head_is_known) == ("softmax", True)


@pytest.mark.parametrize(("name", "end"), [("keras", average), ("tf_keras", softmax_of_code)])
def test_a_saved_model_s_answers_tell_of_its_softmax(tmp_path: Path, name: str, end: End) -> None:
    path = save_ending(tmp_path, name, "", end, "categorical_crossentropy")
    assert saved_model_facts(path).activation == "softmax"


@pytest.mark.parametrize(
    ("end", "loss"),
    [
        (sum_of_logits, "categorical_crossentropy"),
        (shares, "binary_crossentropy"),
    ],
)
@pytest.mark.parametrize(("name", "suffix"), [("tf_keras", ".h5"), ("keras", ".keras")])
def test_outputs_of_an_unusual_end_are_asked_about(
    tmp_path: Path, end: End, loss: str, name: str, suffix: str
) -> None:
    path = save_ending(tmp_path, name, suffix, end, loss)
    assert open_model(path).info.questions == ("head",)
    answered = open_model(path, settings=ModelSettings(head="regression"))
    assert answered.info.questions == ()


def test_a_saved_model_s_unusual_end_is_unknown(tmp_path: Path) -> None:
    path = save_ending(tmp_path, "tf_keras", "", sum_of_logits, "categorical_crossentropy")
    assert saved_model_facts(path).activation == "unknown"


def test_values_of_an_unusual_end_are_known_by_their_loss(tmp_path: Path) -> None:
    path = save_ending(tmp_path, "keras", ".keras", sum_of_logits, "mse")
    assert open_model(path).info.head == "regression"
