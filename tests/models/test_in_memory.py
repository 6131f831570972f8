"""A Keras model that a program holds: treated as its file would be, and kept nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.tiny_model import COLOURS, build_tiny_model

import vidclf
from vidclf.core.keras_model import is_keras_model
from vidclf.errors import ModelError, UsageError
from vidclf.models import open_model
from vidclf.settings import ModelSettings


@pytest.fixture(scope="module")
def model() -> Any:
    return build_tiny_model()


@pytest.fixture(scope="module")
def old_model() -> Any:
    """The like, of Keras 2."""
    import tf_keras

    layers = [
        tf_keras.layers.Input((24, 32, 3)),
        tf_keras.layers.Rescaling(1 / 255),
        tf_keras.layers.GlobalAveragePooling2D(),
        tf_keras.layers.Dense(3, activation="softmax"),
    ]
    return tf_keras.Sequential(layers, name="old")


def plain(*, activation: str, units: int = 2) -> Any:
    """A network without any scaling of its own."""
    import keras

    layers = [
        keras.layers.Input((24, 32, 3)),
        keras.layers.Flatten(),
        keras.layers.Dense(units, activation=activation),
    ]
    return keras.Sequential(layers, name="plain")


@pytest.mark.parametrize("runtime", ["openvino", "tensorflow"])
def test_it_predicts_as_its_file_does(model: Any, clip: Path, tmp_path: Path, runtime: Any) -> None:
    model.save(tmp_path / "saved.keras")
    options = {"labels": list(COLOURS), "scores": True, "smooth": 0, "runtime": runtime}
    held = vidclf.predict(clip, model=model, **options)
    saved = vidclf.predict(clip, model=tmp_path / "saved.keras", **options)
    pd.testing.assert_frame_equal(held, saved)


def test_a_model_of_keras_2_is_taken(old_model: Any, clip: Path) -> None:
    table = vidclf.predict(clip, model=old_model, labels=["a", "b", "c"])
    assert set(table["label"]) <= {"a", "b", "c"}
    assert open_model(old_model).info.evidence["loader"].startswith("tf_keras 2.")


def test_nothing_of_it_stays_on_the_disk(
    model: Any, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    vidclf.predict(clip, model=model, runtime="openvino")
    assert not (tmp_path / "cache").exists()
    assert not list(scratch.iterdir())


def test_the_manifest_says_that_it_was_in_memory(model: Any, clip: Path, tmp_path: Path) -> None:
    vidclf.annotate(clip, model=model, output=tmp_path, video=False)
    manifest = json.loads((tmp_path / "clip_manifest.json").read_text("utf-8"))
    assert manifest["model"]["in_memory"] is True
    assert manifest["model"]["path"] == f"{model.name} (in memory)"
    assert manifest["settings"]["model"] == f"{model.name} (in memory)"


def test_its_digest_is_that_of_its_weights(model: Any) -> None:
    before = open_model(model).info.digest
    assert open_model(model).info.digest == before
    weights = model.get_weights()
    try:
        model.set_weights([2 * array for array in weights])
        assert open_model(model).info.digest != before
    finally:
        model.set_weights(weights)


def test_its_digest_is_that_of_its_architecture_too() -> None:
    relu, linear = plain(activation="relu"), plain(activation="linear")
    linear.set_weights(relu.get_weights())
    assert open_model(relu).info.digest != open_model(linear).info.digest


def test_the_loss_it_was_compiled_with_tells_the_head() -> None:
    model = plain(activation="linear")
    assert open_model(model).info.questions == ("head", "preprocessing")
    model.compile(loss="mse")
    assert open_model(model).info.head == "regression"


def test_how_its_input_is_scaled_is_asked_for(clip: Path) -> None:
    model = plain(activation="softmax")
    with pytest.raises(
        ModelError,
        match=r"nothing tells for certain how the input of plain \(in memory\) was scaled",
    ) as told:
        vidclf.predict(clip, model=model)
    assert str(told.value).endswith('Give it as preprocess="0-1"')
    assert len(vidclf.predict(clip, model=model, preprocess="0-1")) == 48


def test_no_file_that_lies_about_describes_it(
    model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("labels.txt", f"{model.name} (in memory).txt"):
        Path(name).write_text("\n".join(COLOURS), encoding="utf-8")
    assert open_model(model).info.labels[0] == "class 0"


def test_labels_that_do_not_fit_are_told(model: Any) -> None:
    with pytest.raises(ModelError, match="given holds 2 labels but the model has 4 outputs"):
        open_model(model, settings=ModelSettings(labels=("a", "b")))


def test_it_can_be_inspected(model: Any) -> None:
    info = vidclf.inspect(model, labels=list(COLOURS))
    assert (info.labels, info.input_size) == (COLOURS, (24, 32))


def test_a_model_that_hides_its_input_is_told_to_show_it(clip: Path) -> None:
    import keras

    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs

    with pytest.raises(ModelError, match=r"\(in memory\) does not tell the shape of its input"):
        vidclf.predict(clip, model=Own())


def test_a_layer_is_no_model(clip: Path) -> None:
    import keras

    assert not is_keras_model(keras.layers.Dense(2))
    with pytest.raises(UsageError, match="must be a name, a path or a Keras model"):
        vidclf.predict(clip, model=keras.layers.Dense(2))


def test_a_model_of_another_backend_is_refused() -> None:
    code = (
        "import keras, vidclf\n"
        "layers = [keras.layers.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(2)]\n"
        "try:\n    vidclf.inspect(keras.Sequential(layers))\n"
        "except vidclf.ModelError as exc:\n    print(exc)"
    )
    environment = {**os.environ, "KERAS_BACKEND": "openvino"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "is computed by openvino, and vidclf computes with TensorFlow" in done.stdout
