"""Models are described and loaded: the built-in one, files of Keras 3 and of Keras 2."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.keras_models import describe_model
from helpers.tiny_model import COLOURS, build_tiny_model
from helpers.zoo.making import settle

from vidclf.core.preprocessing import SCALINGS
from vidclf.errors import ModelError
from vidclf.inference.runtimes import open_runtime
from vidclf.models import BUILT_IN, open_model


def test_the_built_in_model_is_described_without_loading_it() -> None:
    info = open_model(BUILT_IN).info
    assert info.input_size == (224, 224)
    assert (info.preprocessing, info.head) == (SCALINGS["none"], "softmax")
    assert len(info.labels) == 1000
    assert info.labels[285] == "Egyptian cat"


def test_a_file_without_description_is_looked_at(tiny_model: Path) -> None:
    info = open_model(tiny_model).info
    assert info.input_size == (24, 32)
    assert (info.preprocessing, info.head) == (SCALINGS["none"], "softmax")
    assert info.labels == ("class 0", "class 1", "class 2", "class 3")
    assert "(rescaling" in info.evidence["preprocessing"]


def test_an_h5_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "old.h5"
    build_tiny_model().save(path)
    model = open_model(path)
    assert model.info.name == "old"
    assert model.load().model.output_shape == (None, 4)


def test_a_model_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    from vidclf.models.keras_files.loading import import_keras

    keras = import_keras()
    path = tmp_path / "lambda.keras"
    layers = [keras.layers.Input((8, 8, 3)), keras.layers.Lambda(lambda x: x / 255)]
    keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(2)]).save(path)
    with pytest.raises(ModelError, match="Python code of its own"):
        open_model(path)


def keras_2_model(path: Path, *layers: Any) -> Path:
    """A transfer-learning model as a course of 2019 to 2023 would have saved it."""
    tf_keras = pytest.importorskip("tf_keras")
    tf_keras.utils.set_random_seed(3)
    base = tf_keras.applications.MobileNetV2(
        weights=None, include_top=False, input_shape=(32, 32, 3)
    )
    base = tf_keras.Model(base.input, base.get_layer("block_3_project_BN").output, name=base.name)
    settle(base, np.random.default_rng(1).uniform(-1, 1, (8, 32, 32, 3)).astype(np.float32))
    pool = tf_keras.layers.GlobalAveragePooling2D()
    head = tf_keras.layers.Dense(3, activation="softmax", kernel_initializer="he_uniform")
    first = tf_keras.layers.Rescaling(1 / 127.5, offset=-1, input_shape=(32, 32, 3))
    model = tf_keras.Sequential([first, *layers, base, pool, head])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is legacy
        model.save(path)
    return path


@pytest.mark.parametrize("name", ["old.h5", "old.keras"])
def test_files_of_keras_2_load_and_agree_with_it(tmp_path: Path, name: str) -> None:
    import tf_keras

    path = keras_2_model(tmp_path / name)
    model = open_model(path)
    assert model.info.evidence["loader"].startswith("tf_keras 2.")
    assert (model.info.input_size, model.info.head) == ((32, 32), "softmax")
    batch = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    reference = np.asarray(tf_keras.models.load_model(path, compile=False)(batch.astype("float32")))
    for runtime in ("openvino", "tensorflow"):
        opened = open_runtime(runtime, info=model.info, load=model.load, probe=lambda: batch)
        assert opened.name == runtime
        np.testing.assert_allclose(opened.scores(batch), reference, atol=1e-5)


@pytest.mark.parametrize("name", ["old.h5", "old.keras"])
def test_code_in_a_file_of_keras_2_is_not_run(tmp_path: Path, name: str) -> None:
    tf_keras = pytest.importorskip("tf_keras")
    path = keras_2_model(tmp_path / name, tf_keras.layers.Lambda(lambda x: x * 1, name="sneaky"))
    with pytest.raises(ModelError, match=r"Python code of its own in the layer 'sneaky'"):
        open_model(path)


def test_weights_alone_are_told_from_a_model(tmp_path: Path) -> None:
    path = tmp_path / "only.weights.h5"
    build_tiny_model().save_weights(path)
    with pytest.raises(ModelError, match="holds weights only"):
        open_model(path)


def test_a_file_is_looked_at_once(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vidclf.models import kinds

    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    first = describe_model(tiny_model)
    monkeypatch.setattr(kinds, "load_keras", None)
    assert describe_model(tiny_model) == first
    assert describe_model(tiny_model, labels=tiny_model.with_name("tiny.txt")).labels == COLOURS


def test_a_damaged_cache_is_passed_by(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    first = describe_model(tiny_model)
    (kept,) = (tmp_path / "cache" / "facts").rglob("facts.json")
    whole = kept.read_text(encoding="utf-8")
    for damage in ("", "[]", '{"loader": "x"}', whole.replace("softmax", "linear")):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(damage, encoding="utf-8")
        assert describe_model(tiny_model) == first
