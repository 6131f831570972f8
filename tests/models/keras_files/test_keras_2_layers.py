"""Every layer of Keras 2 answers from its file as it did in memory, or the file is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.keras_2_layers import CANNOT_BE_READ_BACK, LAYERS, build, inputs, randomise, save

from vidclf.errors import ModelError
from vidclf.inference.runtimes import open_runtime
from vidclf.models import open_model
from vidclf.models.keras_files.loading import load_keras
from vidclf.settings import ModelSettings

pytestmark = pytest.mark.uncounted

tf_keras = pytest.importorskip("tf_keras")


@pytest.fixture(autouse=True)
def _names_begin_anew() -> Iterator[None]:
    yield
    tf_keras.backend.clear_session()


@pytest.mark.parametrize(("line", "shape"), LAYERS)
def test_it_answers_as_in_memory(tmp_path: Path, line: str, shape: tuple[int, ...]) -> None:
    model, batch = build(line, shape), inputs(shape, whole=len(shape) == 1)
    expected = model(batch, training=False)
    for kind in (".h5", ".keras"):
        loaded = load_keras(save(model, tmp_path / f"model{kind}"))
        np.testing.assert_allclose(loaded(batch, training=False), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", [".h5", ".keras"])
@pytest.mark.parametrize(("line", "shape"), CANNOT_BE_READ_BACK)
def test_it_is_refused_in_a_line(
    tmp_path: Path, line: str, shape: tuple[int, ...], kind: str
) -> None:
    path = save(build(line, shape), tmp_path / f"model{kind}")
    with pytest.raises(ModelError, match=r"cannot be loaded by tf_keras .*save it") as caught:
        load_keras(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("line", ['Activation("hard_sigmoid")', "Softmax(axis=[1, 2])"])
def test_openvino_answers_as_in_memory(tmp_path: Path, line: str) -> None:
    """Pixels are scaled to -3 to 3, where Keras 3 has other answers."""
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [layers.Input((8, 8, 3)), eval(line, vars(layers)), layers.Flatten(),
         layers.Dense(4, activation="softmax")]
    )  # fmt: skip
    randomise(model)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), np.uint8)
    settings = ModelSettings(preprocess="127.5/42.5")
    opened = open_model(save(model, tmp_path / "model.h5"), settings=settings)
    runtime = open_runtime("openvino", info=opened.info, load=opened.load, probe=lambda: pixels)
    assert runtime.name == "openvino"
    expected = model((pixels.astype(np.float32) - 127.5) / 42.5, training=False)
    np.testing.assert_allclose(runtime.scores(pixels), expected, atol=1e-5)
