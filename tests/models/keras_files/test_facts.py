"""Scaling, head and size are seen in the layers of a Keras network, or it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.keras_models import describe_model, head_layers, keras, rescaling_layer, save_model

from vidclf.core.preprocessing import SCALINGS
from vidclf.errors import ModelError
from vidclf.models import open_model


def test_several_inputs_are_refused_by_name(tmp_path: Path) -> None:
    layers = keras().layers
    picture, other = layers.Input((8, 8, 3), name="picture"), layers.Input((2,), name="weather")
    joined = layers.Concatenate()([layers.Flatten()(picture), other])
    path = tmp_path / "two.keras"
    keras().Model([picture, other], layers.Dense(2)(joined)).save(path)
    with pytest.raises(ModelError, match=r"takes 2 inputs \(picture \(8, 8, 3\), weather \(2,\)\)"):
        describe_model(path)


def test_several_outputs_are_refused(tmp_path: Path) -> None:
    layers = keras().layers
    picture = layers.Input((8, 8, 3))
    flat = layers.Flatten()(picture)
    path = tmp_path / "two.keras"
    keras().Model(picture, [layers.Dense(2)(flat), layers.Dense(3)(flat)]).save(path)
    with pytest.raises(ModelError, match="gives 2 outputs"):
        describe_model(path)


def test_a_map_of_scores_is_refused(tmp_path: Path) -> None:
    path = save_model(tmp_path, keras().layers.Conv2D(5, 3, activation="softmax"))
    with pytest.raises(ModelError, match=r"gives output of shape \(22, 30, 5\)"):
        describe_model(path)


@pytest.mark.parametrize(
    ("scale", "offset", "name"), [(1 / 255, 0, "none"), (1 / 127.5, -1, "none"), (2, -1, "0-1")]
)
def test_a_rescaling_layer_tells_what_comes_before_it(
    tmp_path: Path, scale: float, offset: float, name: str
) -> None:
    info = describe_model(save_model(tmp_path, rescaling_layer(scale, offset), *head_layers()))
    assert info.preprocessing == SCALINGS[name]
    assert "(rescaling" in info.evidence["preprocessing"]


def test_layers_behind_the_first_weights_say_nothing(tmp_path: Path) -> None:
    convolution, *others = head_layers()
    info = describe_model(save_model(tmp_path, convolution, rescaling_layer(1 / 255, 0), *others))
    assert info.preprocessing is None


def test_scaling_is_found_behind_augmentation_and_in_nested_models(tmp_path: Path) -> None:
    layers = keras().layers
    inner = keras().Sequential(
        [
            layers.Input((24, 32, 3)),
            layers.RandomFlip(),
            rescaling_layer(1 / 255, 0),
            *head_layers(),
        ]
    )
    info = describe_model(save_model(tmp_path, layers.RandomRotation(0.1), inner))
    assert info.preprocessing == SCALINGS["none"]


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_activation_may_be_a_layer_of_its_own(tmp_path: Path, dtype: str) -> None:
    last = [keras().layers.Activation("sigmoid"), keras().layers.Activation("linear", dtype=dtype)]
    assert (
        describe_model(save_model(tmp_path, *head_layers(activation=None), *last)).head == "sigmoid"
    )


def test_a_resizing_layer_tells_the_size(tmp_path: Path) -> None:
    path = save_model(
        tmp_path, keras().layers.Resizing(20, 30), *head_layers(), shape=(None, None, 3)
    )
    assert describe_model(path).input_size == (20, 30)


def test_a_model_that_was_never_built_is_refused(tmp_path: Path) -> None:
    from vidclf.models.keras_files.loading import import_keras

    keras = import_keras()
    path = tmp_path / "unbuilt.keras"
    with pytest.warns(UserWarning, match="not yet been built"):
        keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)]).save(path)
    with pytest.raises(ModelError, match="was saved before it was built"):
        open_model(path)
