"""Facts and scores of ONNX, TFLite and OpenVINO files are right, or an error says what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.graph_files import WEIGHTS, describe_graph, graph_scores, make_onnx, never
from helpers.pixels import pixels

from vidclf.core.openvino_import import import_openvino
from vidclf.errors import ModelError, UsageError
from vidclf.inference.runtimes import open_runtime
from vidclf.models.graphs.files import graph_digest
from vidclf.models.graphs.reading import graph_facts


def softmax(outputs: np.ndarray) -> np.ndarray:
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def by_hand(values: np.ndarray) -> np.ndarray:
    """(N, 4) means of the convolution of (N, 12, 16, 3) numbers."""
    windows = np.lib.stride_tricks.sliding_window_view(values, (3, 3), axis=(1, 2))
    return np.einsum("nhwcij,ocij->no", windows, WEIGHTS) / (10 * 14)


def test_an_onnx_file_says_what_it_takes_and_gives(tmp_path: Path) -> None:
    facts = graph_facts(make_onnx(tmp_path / "model.onnx"))
    assert facts.loader.startswith("openvino 20")
    assert (facts.input_shape, facts.dtype, facts.fixed_batch) == ((3, 12, 16), "float32", None)
    assert (facts.outputs, facts.activation) == (4, "softmax")
    assert facts.head_evidence == "last operation: Softmax, 4 outputs"
    assert facts.scaling is None


@pytest.mark.parametrize("batch", ["N", 1, 3])
@pytest.mark.parametrize("last", ["Softmax", "Identity", "LogSoftmax"])
def test_onnx_scores_are_those_computed_by_hand(
    tmp_path: Path, batch: int | str, last: str
) -> None:
    path = make_onnx(tmp_path / "model.onnx", last=last, batch=batch)
    scores = graph_scores(path, pixels(7), scaling="0-1")
    assert (scores.dtype, scores.shape) == (np.float32, (7, 4))
    np.testing.assert_allclose(scores, softmax(by_hand(pixels(7) / 255)), atol=1e-5)


def test_a_fixed_batch_is_the_size_of_batches(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx", batch=3)
    info = describe_graph(path, scaling="0-1")
    assert info.fixed_batch == 3
    runtime = open_runtime("openvino", info=info, load=never, probe=never, graph=path)
    assert runtime.batch_size == 3


def test_a_free_size_is_fixed_by_the_description(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx", picture=(3, "h", "w"))
    assert graph_facts(path).input_shape == (3, None, None)
    scores = graph_scores(path, pixels(2), scaling="0-1", size=(12, 16))
    np.testing.assert_allclose(scores, softmax(by_hand(pixels(2) / 255)), atol=1e-5)


def test_a_size_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx", picture=(3, "h", "w"))
    with pytest.raises(ModelError, match=r"give another --input-size") as caught:
        graph_scores(path, pixels(1), scaling="0-1", size=(2, 2))
    assert "\n" not in str(caught.value)


def test_openvino_files_give_the_scores_of_what_they_were_made_from(tmp_path: Path) -> None:
    source = make_onnx(tmp_path / "model.onnx", first=("Sub mean", "Div deviation"))
    openvino = import_openvino()
    graph = openvino.Core().read_model(str(source))
    openvino.save_model(graph, str(tmp_path / "model.xml"), compress_to_fp16=False)
    assert graph_facts(tmp_path / "model.xml") == graph_facts(source)
    scores = [graph_scores(p, pixels(3), scaling="0-1") for p in (source, tmp_path / "model.xml")]
    np.testing.assert_allclose(*scores, atol=1e-6)


def test_the_digest_is_of_the_weights_too(tmp_path: Path) -> None:
    (tmp_path / "model.xml").write_text("graph")
    (tmp_path / "model.bin").write_bytes(b"1")
    first = graph_digest(tmp_path / "model.xml")
    (tmp_path / "model.bin").write_bytes(b"2")
    assert graph_digest(tmp_path / "model.xml") != first


def test_tensorflow_cannot_run_such_files(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx")
    info = describe_graph(path, scaling="none")
    with pytest.raises(UsageError, match=r"model.onnx runs on OpenVINO only: leave --runtime out"):
        open_runtime("tensorflow", info=info, load=never, probe=never, graph=path)


def damaged(tmp_path: Path, name: str) -> Path:
    """A file of that name with something wrong about it."""
    good, path = make_onnx(tmp_path / "good.onnx"), tmp_path / name
    if name == "half.onnx":
        path.write_bytes(good.read_bytes()[:300])
    elif name == "outside.onnx":
        WEIGHTS.tofile(tmp_path.parent / "secret.bin")
        make_onnx(path, weights_in="../secret.bin")
    elif name == "linked.onnx":
        WEIGHTS.tofile(tmp_path.parent / "secret.bin")
        (tmp_path / "link.bin").symlink_to(tmp_path.parent / "secret.bin")
        make_onnx(path, weights_in="link.bin")
    elif name == "without_data.onnx":
        make_onnx(path, weights_in="weights.bin")
    elif name == "weird.onnx":
        make_onnx(path, last="Weird")
    elif name == "classes.onnx":
        make_onnx(path, last="ArgMax")
    elif name == "two_answers.onnx":
        make_onnx(path, outputs=("y", "z"))
    elif name == "two_inputs.onnx":
        make_onnx(path, inputs=("x", "mask"))
    elif name.endswith(".xml"):
        damaged_openvino(good, path)
    elif name == "empty.tflite":
        path.touch()
    else:
        path.write_text("this is no model, but text that is long enough to look at")
    return path


def damaged_openvino(good: Path, path: Path) -> None:
    openvino = import_openvino()
    openvino.serialize(openvino.Core().read_model(str(good)), str(path))
    weights = path.with_suffix(".bin")
    if path.stem == "alone":
        weights.unlink()
    elif path.stem == "short":
        weights.write_bytes(weights.read_bytes()[:10])
    else:
        path.write_text("<?xml version='1.0'?><html></html>")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("half.onnx", "cannot read .* as an ONNX model: it is damaged"),
        ("text.onnx", "cannot read .* as an ONNX model: .* something else whatever its name"),
        ("text.tflite", "cannot read .* as a TFLite model"),
        ("empty.tflite", "cannot read .* as a TFLite model"),
        ("alone.xml", "has its weights in alone.bin, which is not beside it: copy both"),
        ("short.xml", "short.bin does not fit short.xml: copy both files again"),
        ("html.xml", "cannot read .* as an OpenVINO model"),
        ("outside.onnx", "weights outside its own folder, in ../secret.bin, .* not follow"),
        ("linked.onnx", "weights outside its own folder, in link.bin"),
        ("without_data.onnx", "has weights in .*weights.bin, which is missing"),
        ("weird.onnx", "operations that OpenVINO does not know .my.own.Weird.: export"),
        ("classes.onnx", "answers with whole numbers .i64., not scores"),
        ("two_answers.onnx", r"2 outputs \(y .*, z .*\).*with one output"),
        ("two_inputs.onnx", r"2 inputs \(x .*, mask .*\).*with one input"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path: Path, name: str, message: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    with pytest.raises(ModelError, match=message) as caught:
        graph_facts(damaged(folder, name))
    assert "\n" not in str(caught.value)


def test_data_files_beside_an_onnx_file_are_read(tmp_path: Path) -> None:
    WEIGHTS.tofile(tmp_path / "weights.bin")
    path = make_onnx(tmp_path / "model.onnx", weights_in="weights.bin")
    np.testing.assert_allclose(
        graph_scores(path, pixels(2), scaling="0-1"), softmax(by_hand(pixels(2) / 255)), atol=1e-5
    )


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model at .*missing.onnx"):
        graph_facts(tmp_path / "missing.onnx")


def make_odd_tflite(path: Path, *, custom: bool) -> Path:
    """A file with an operation of TensorFlow's that TFLite itself has not."""
    import tensorflow as tf

    class Odd(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((1, 3))])
        def __call__(self, batch: Any) -> Any:
            return tf.math.lgamma(batch) if custom else tf.cumsum(batch)

    module = Odd()
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [module.__call__.get_concrete_function()], module
    )
    converter.allow_custom_ops = custom
    converter.target_spec.supported_ops = [tf.lite.OpsSet.SELECT_TF_OPS]
    path.write_bytes(converter.convert())
    return path


@pytest.mark.parametrize(("custom", "name"), [(True, "Lgamma"), (False, "FlexCumsum")])
def test_operations_that_tflite_has_not_are_an_error(
    tmp_path: Path, custom: bool, name: str
) -> None:
    path = make_odd_tflite(tmp_path / "odd.tflite", custom=custom)
    with pytest.raises(ModelError, match=rf"operations that OpenVINO does not know .*{name}"):
        graph_facts(path)


def test_a_moved_file_still_runs(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx")
    (tmp_path / "Ordner ä").mkdir()
    moved = Path(shutil.move(path, tmp_path / "Ordner ä" / "modèle.ONNX"))
    assert graph_facts(moved).outputs == 4
