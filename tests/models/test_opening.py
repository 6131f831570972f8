"""Models: described rightly, or refused with a reason and a remedy."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.tiny_model import build_tiny_model

from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.errors import ModelError
from vidclf.inference.runtimes import open_runtime
from vidclf.inference.tensors import to_scores
from vidclf.models import BUILT_IN, ModelInfo, open_model
from vidclf.settings import ModelSettings


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
    assert "Rescaling" in info.evidence["preprocessing"]


def test_an_h5_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "old.h5"
    build_tiny_model().save(path)
    model = open_model(path)
    assert model.info.name == "old"
    assert model.load().model.output_shape == (None, 4)


@pytest.mark.parametrize(
    ("head", "units", "expected", "classes"),
    [
        ("softmax", 3, "softmax", 3),
        ("linear", 3, "logits", 3),
        ("sigmoid", 3, "sigmoid", 3),
        ("sigmoid", 1, "binary", 2),
        ("linear", 1, "regression", 1),
        ("softplus", 2, "regression", 2),
    ],
)
def test_heads_are_told_apart(
    tmp_path: Path, head: str, units: int, expected: str, classes: int
) -> None:
    path = tmp_path / "model.keras"
    build_tiny_model(head=head, units=units).save(path)
    info = open_model(path).info
    assert (info.head, len(info.labels)) == (expected, classes)


def test_unknown_scaling_is_asked_for_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "bare.keras"
    build_tiny_model(scaling=False).save(path)
    info = open_model(path).info
    assert info.preprocessing is None
    assert info.evidence["preprocessing"] == "nothing tells: say so with --preprocess"
    given = open_model(path, settings=ModelSettings(preprocess="0-1")).info
    assert given.preprocessing == SCALINGS["0-1"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.keras", None, "no model at .*gone.keras"),
        ("notes.keras", b"these are my notes", "notes.keras is a text, no model"),
        ("notes.h5", b"these are my notes", "notes.h5 is a text, no model, whatever its name"),
        ("empty.keras", b"", "empty.keras is empty: export or download it again"),
        ("half.keras", b"PK\x03\x04 and no more", "half.keras is a damaged or cut off archive"),
        ("model.pt", b"torch", "is a model of PyTorch: export it to .onnx first"),
    ],
)
def test_files_that_are_no_models(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        open_model(path)


def test_a_model_that_was_never_built_is_refused(tmp_path: Path) -> None:
    from vidclf.models.keras_files.loading import import_keras

    keras = import_keras()
    path = tmp_path / "unbuilt.keras"
    with pytest.warns(UserWarning, match="not yet been built"):
        keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)]).save(path)
    with pytest.raises(ModelError, match="was saved before it was built"):
        open_model(path)


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
        weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg"
    )
    head = tf_keras.layers.Dense(3, activation="softmax", kernel_initializer="he_uniform")
    first = tf_keras.layers.Rescaling(1 / 127.5, offset=-1, input_shape=(32, 32, 3))
    model = tf_keras.Sequential([first, *layers, base, head])
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


def described(head: Any, *, activation: str = "unknown") -> ModelInfo:
    return ModelInfo(
        name="m", path="m", digest="", labels=("a", "b"), input_size=(4, 4), resize=Resize(),
        preprocessing=SCALINGS["none"], head=head, activation=activation,
    )  # fmt: skip


def test_scores_are_between_0_and_1_whatever_the_head() -> None:
    wild = np.float32([[1000.0, 0.0, -1000.0], [1.0, 1.0, 1.0]])
    np.testing.assert_allclose(to_scores(wild, described("logits")).sum(axis=1), 1, atol=1e-6)
    one = to_scores(np.float32([[0.2]]), described("binary"))
    np.testing.assert_allclose(one, [[0.8, 0.2]], atol=1e-6)
    np.testing.assert_array_equal(to_scores(wild, described("softmax")), wild)


def test_a_sigmoid_that_was_left_out_is_applied() -> None:
    wild = np.float32([[1000.0, 0.0, -1000.0]])
    scores = to_scores(wild, described("sigmoid", activation="linear"))
    np.testing.assert_array_equal(scores, [[1.0, 0.5, 0.0]])
    one = to_scores(np.float32([[np.log(4)]]), described("binary", activation="linear"))
    np.testing.assert_allclose(one, [[0.2, 0.8]], atol=1e-6)


def test_values_of_a_regression_stay_as_they_are() -> None:
    values = np.float32([[-3.5, 1e6]])
    np.testing.assert_array_equal(to_scores(values, described("regression")), values)
