"""Keras files load, or an error says in a line why Keras cannot load what is whole and safe."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras, load_keras

Config = dict[str, Any]


@pytest.fixture
def model_path(tmp_path: Path) -> Path:
    """A `.keras` file of one Dense layer, named `head`."""
    keras = import_keras()
    layers = [keras.layers.Input((2,)), keras.layers.Dense(1, name="head")]
    keras.Sequential(layers).save(tmp_path / "a.keras")
    return tmp_path / "a.keras"


def rewritten(path: Path, change: Callable[[Config], object], version: str) -> Path:
    """The same `.keras` file with another description, as if another Keras had saved it."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    description = json.loads(members["config.json"])
    change(description["config"]["layers"][-1])
    members["config.json"] = json.dumps(description).encode()
    members["metadata.json"] = json.dumps({"keras_version": version}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("change", "version", "message"),
    [
        ({"activation": "mine"}, "3.0.0", "activation function identifier: mine; load the model"),
        ({"brand_new": 1}, "99.0", r"Keras 99\.0\): Unrecognized keyword .*; upgrade keras"),
        ({"units": 3}, "3.0.0", "<Dense name=head, built=True>: .*must match; load the model"),
        ({"units": -1}, "3.0.0", "Received an invalid value for `units`"),
    ],
)
def test_errors_of_keras_fit_on_a_line(
    model_path: Path, change: Config, version: str, message: str
) -> None:
    rewritten(model_path, lambda layer: layer["config"].update(change), version)
    with pytest.raises(ModelError, match=message) as caught:
        load_keras(model_path)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_name": "Thing", "module": None, "registered_name": "mine>Thing"},
         r"a part of its own, 'mine>Thing' in the layer 'head', .*model\.export\('folder'\)"),
        ({"class_name": "FutureLayer"}, r"needs keras\.layers\.FutureLayer.*saved by Keras 99"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(model_path: Path, change: Config, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_keras(rewritten(model_path, lambda layer: layer.update(change), "99.0"))


def test_code_that_is_not_there_cannot_be_allowed(model_path: Path) -> None:
    change = {"class_name": "Thing", "module": None, "registered_name": "mine>Thing"}
    rewritten(model_path, lambda layer: layer.update(change), "3.0.0")
    with pytest.raises(ModelError, match="a part of its own, 'mine>Thing'"):
        load_keras(model_path, allow_unsafe=True)


def mine(truth: Any, answer: Any) -> Any:
    return answer - truth


def test_a_loss_of_ones_own_does_not_matter(tmp_path: Path) -> None:
    layers = import_keras().layers
    model = import_keras().Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("adam", loss=mine)
    model.save(tmp_path / "a.keras")
    assert load_keras(tmp_path / "a.keras").output_shape == (None, 1)


@pytest.mark.parametrize("name", ["ops.h5", "ops.keras"])
def test_a_network_of_tensorflow_functions_loads(tmp_path: Path, name: str) -> None:
    tf = pytest.importorskip("tensorflow")
    tf_keras = pytest.importorskip("tf_keras")
    x = entry = tf_keras.Input((8, 8, 3))
    x = tf.cast(x, tf.float32) / 127.5 - 1
    x = tf.image.flip_left_right(tf.image.resize(x[:, :, :, ::-1], (4, 4)))
    x = tf.nn.bias_add(tf.concat([x, -x], -1) ** 2, [1.0] * 6)
    x = tf.reduce_mean(tf.nn.relu(tf.math.subtract(x, 0.5)), [1, 2])
    model = tf_keras.Model(entry, tf.matmul(tf.reshape(x, (-1, 6)), tf.ones((6, 2))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is legacy
        model.save(tmp_path / name)
    batch = np.random.default_rng(0).uniform(0, 255, (2, 8, 8, 3)).astype("float32")
    loaded = load_keras(tmp_path / name)
    np.testing.assert_allclose(loaded(batch), model(batch), rtol=1e-5)


@pytest.mark.parametrize("name", ["a.h5", "a.keras"])
def test_layers_that_only_one_network_has_are_known(tmp_path: Path, name: str) -> None:
    tf_keras = pytest.importorskip("tf_keras")
    convnext = pytest.importorskip("tf_keras.src.applications.convnext")
    model = convnext.ConvNeXt(
        depths=[1, 1, 1, 1], projection_dims=[4] * 4, drop_path_rate=0.1, weights=None,
        include_top=False, input_shape=(32, 32, 3), pooling="avg",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is legacy
        tf_keras.Sequential([model, tf_keras.layers.Dense(2)]).save(tmp_path / name)
    assert load_keras(tmp_path / name).output_shape == (None, 2)
