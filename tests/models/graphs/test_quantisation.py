"""TFLite files, quantised or not, give the scores of TFLite and Keras for real numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.graph_files import graph_scores
from helpers.pixels import pixels

from vidclf.core.preprocessing import SCALINGS
from vidclf.models.graphs.reading import graph_facts
from vidclf.models.keras_files.loading import import_keras

pytestmark = pytest.mark.filterwarnings(
    "ignore:Statistics for quantized inputs were expected:UserWarning",
    "ignore:(?s).*tf.lite.Interpreter is deprecated:UserWarning",
)


def has_vnni() -> bool:
    """Whether the processor multiplies 8-bit numbers exactly; true where Linux does not tell."""
    told = Path("/proc/cpuinfo")
    return not told.exists() or "vnni" in told.read_text()


MOST_DIFFERENCE = (1.5 if has_vnni() else 3) / 256
"""Steps of the quantised output. Processors without VNNI add 8-bit products in 16 bits, and round
otherwise than TFLite does: 2.2 steps were measured."""


def build_network(first: str) -> Any:
    keras = import_keras()
    keras.utils.set_random_seed(3)
    scaled = {"none": [keras.layers.Rescaling(1 / 255)]}.get(first, [])
    return keras.Sequential(
        [
            keras.layers.Input((12, 16, 3)),
            *scaled,
            keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(4, activation="softmax", kernel_initializer="glorot_normal"),
        ]
    )


def make_tflite(path: Path, model: Any, *, scaling: str, quantised: str | None = None) -> Path:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if quantised:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        batches = [SCALINGS[scaling].apply(pixels(1 + i % 2)[:1]) for i in range(20)]
        converter.representative_dataset = lambda: ([batch] for batch in batches)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.dtypes.as_dtype(quantised)
        converter.inference_output_type = tf.dtypes.as_dtype(quantised)
    path.write_bytes(converter.convert())
    return path


def interpreted(path: Path, values: np.ndarray) -> np.ndarray:
    """TFLite's own scores for real numbers."""
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(str(path))
    interpreter.allocate_tensors()
    [source], [target] = interpreter.get_input_details(), interpreter.get_output_details()
    rows = []
    for value in values:
        scale, zero = source["quantization"]
        if scale:
            kind = np.iinfo(source["dtype"])
            value = np.clip(np.rint(value / scale + zero), kind.min, kind.max)
        interpreter.set_tensor(source["index"], value[None].astype(source["dtype"]))
        interpreter.invoke()
        row = interpreter.get_tensor(target["index"])[0].astype(np.float32)
        scale, zero = target["quantization"]
        rows.append((row - zero) * scale if scale else row)
    return np.stack(rows)


def test_a_tflite_file_gives_keras_scores(tmp_path: Path) -> None:
    model = build_network("none")
    path = make_tflite(tmp_path / "model.tflite", model, scaling="none")
    facts = graph_facts(path)
    assert (facts.input_shape, facts.outputs, facts.activation) == ((12, 16, 3), 4, "softmax")
    scores = graph_scores(path, pixels(5), scaling="none")
    np.testing.assert_allclose(scores, np.asarray(model(pixels(5).astype("f4"))), atol=1e-5)


@pytest.mark.parametrize("quantised", ["uint8", "int8"])
@pytest.mark.parametrize("scaling", ["none", "0-1", "-1-1"])
def test_a_quantised_tflite_file_gives_tflite_scores(
    tmp_path: Path, scaling: str, quantised: str
) -> None:
    """Its input says what its numbers stand for, so that how to scale pixels is known."""
    model = build_network(scaling)
    path = make_tflite(tmp_path / "model.tflite", model, scaling=scaling, quantised=quantised)
    facts = graph_facts(path)
    assert (facts.scaling, facts.dtype, facts.activation) == (scaling, "float32", "softmax")
    assert facts.scaling_evidence.startswith("its quantised input stands for ")
    reference = interpreted(path, SCALINGS[scaling].apply(pixels(6)))
    scores = graph_scores(path, pixels(6), scaling=scaling)
    assert np.ptp(reference, axis=0).max() > 0.01
    np.testing.assert_allclose(scores, reference, atol=MOST_DIFFERENCE)


def test_a_quantised_input_of_other_numbers_leaves_the_scaling_open(tmp_path: Path) -> None:
    model = build_network("torch")
    path = make_tflite(tmp_path / "model.tflite", model, scaling="torch", quantised="uint8")
    assert graph_facts(path).scaling is None
    reference = interpreted(path, SCALINGS["torch"].apply(pixels(6)))
    scores = graph_scores(path, pixels(6), scaling="torch")
    np.testing.assert_allclose(scores, reference, atol=MOST_DIFFERENCE)
