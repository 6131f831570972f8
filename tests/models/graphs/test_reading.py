"""ONNX, TFLite and OpenVINO files: what they say of themselves, and the scores they give."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from vidclf.core.openvino_import import import_openvino
from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.errors import ModelError, UsageError
from vidclf.inference.runtimes import open_runtime
from vidclf.models.graphs.reading import graph_digest, graph_facts
from vidclf.models.info import ModelInfo
from vidclf.models.keras_files.loading import import_keras

pytestmark = pytest.mark.filterwarnings(
    "ignore:Statistics for quantized inputs were expected:UserWarning",
    "ignore:(?s).*tf.lite.Interpreter is deprecated:UserWarning",
)
WEIGHTS = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
CONSTANTS = {
    "small": np.float32([1 / 255]),
    "span": np.float32([255]),
    "mean": np.float32([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1),
    "deviation": np.float32([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1),
}


def pixels(count: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, 12, 16, 3), np.uint8)


def make_onnx(
    path: Path,
    *,
    first: tuple[str, ...] = (),
    last: str = "Softmax",
    batch: int | str = "N",
    picture: tuple[int | str, ...] = (3, 12, 16),
    weights_in: str | None = None,
    outputs: tuple[str, ...] = ("y",),
    inputs: tuple[str, ...] = ("x",),
) -> Path:
    """A network of a convolution and a mean, with `first` done to its input."""
    weights = numpy_helper.from_array(WEIGHTS, "w")
    if weights_in:
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        weights.external_data.add(key="location", value=weights_in)
    nodes, at = [], "x"
    for i, step in enumerate(first):
        operation, _, constant = step.partition(" ")
        nodes.append(
            helper.make_node(operation, [at, *([constant] if constant else [])], [f"s{i}"])
        )
        at = f"s{i}"
    nodes.append(helper.make_node("Conv", [at, "w"], ["c"]))
    nodes.append(helper.make_node("GlobalAveragePool", ["c"], ["m"]))
    axis = {"axis": 1} if last in ("Softmax", "LogSoftmax", "ArgMax") else {}
    domain = {"domain": "my.own"} if last == "Weird" else {}
    nodes.append(helper.make_node(last, ["m"], ["y"], **axis, **domain))
    nodes += [helper.make_node("Identity", ["m"], [name]) for name in outputs[1:]]
    kind = TensorProto.INT64 if last == "ArgMax" else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, [batch, *picture]) for n in inputs],
        [helper.make_tensor_value_info(n, kind, [batch, None, 1, 1]) for n in outputs],
        [weights, *(numpy_helper.from_array(value, name) for name, value in CONSTANTS.items())],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("my.own", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), path)
    return path


def described(path: Path, *, scaling: str, size: tuple[int, int] = (12, 16)) -> ModelInfo:
    facts = graph_facts(path)
    first = facts.input_shape[0] == 3
    return ModelInfo(
        name="model",
        path=str(path),
        digest=graph_digest(path),
        labels=tuple(f"class {i}" for i in range(facts.outputs)),
        input_size=size,
        preprocessing=SCALINGS[scaling],
        resize=Resize(),
        head="logits" if facts.activation == "linear" else "softmax",
        layout="channels_first" if first else "channels_last",
        dtype=facts.dtype,
        fixed_batch=facts.fixed_batch,
    )


def never() -> Any:
    raise AssertionError("not needed")


def scores_of(path: Path, batch: np.ndarray, **described_as: Any) -> np.ndarray:
    info = described(path, **described_as)
    return open_runtime("auto", info=info, load=never, probe=never, graph=path).scores(batch)


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
    scores = scores_of(path, pixels(7), scaling="0-1")
    assert (scores.dtype, scores.shape) == (np.float32, (7, 4))
    np.testing.assert_allclose(scores, softmax(by_hand(pixels(7) / 255)), atol=1e-5)


def test_a_fixed_batch_is_the_size_of_batches(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx", batch=3)
    info = described(path, scaling="0-1")
    assert info.fixed_batch == 3
    runtime = open_runtime("openvino", info=info, load=never, probe=never, graph=path)
    assert runtime.batch_size == 3


def test_a_free_size_is_fixed_by_the_description(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx", picture=(3, "h", "w"))
    assert graph_facts(path).input_shape == (3, None, None)
    scores = scores_of(path, pixels(2), scaling="0-1", size=(12, 16))
    np.testing.assert_allclose(scores, softmax(by_hand(pixels(2) / 255)), atol=1e-5)


def test_a_size_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx", picture=(3, "h", "w"))
    with pytest.raises(ModelError, match=r"give another --input-size") as caught:
        scores_of(path, pixels(1), scaling="0-1", size=(2, 2))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("first", "scaling", "evidence"),
    [
        (("Sub mean", "Div deviation"), "0-1", "Subtract 0.449, Divide by 0.226 inside the graph"),
        (("Mul small", "Sub mean", "Div deviation"), "none", "Multiply by 0.00392, Subtract"),
        (("Div span",), "none", "Divide by 255"),
        (("Relu", "Div span"), None, ""),
    ],
)
def test_scaling_inside_is_seen(
    tmp_path: Path, first: tuple[str, ...], scaling: str | None, evidence: str
) -> None:
    facts = graph_facts(make_onnx(tmp_path / "model.onnx", first=first))
    assert facts.scaling == scaling
    assert facts.scaling_evidence.startswith(evidence)


def test_openvino_files_give_the_scores_of_what_they_were_made_from(tmp_path: Path) -> None:
    source = make_onnx(tmp_path / "model.onnx", first=("Sub mean", "Div deviation"))
    openvino = import_openvino()
    graph = openvino.Core().read_model(str(source))
    openvino.save_model(graph, str(tmp_path / "model.xml"), compress_to_fp16=False)
    assert graph_facts(tmp_path / "model.xml") == graph_facts(source)
    scores = [scores_of(p, pixels(3), scaling="0-1") for p in (source, tmp_path / "model.xml")]
    np.testing.assert_allclose(*scores, atol=1e-6)


def test_the_digest_is_of_the_weights_too(tmp_path: Path) -> None:
    (tmp_path / "model.xml").write_text("graph")
    (tmp_path / "model.bin").write_bytes(b"1")
    first = graph_digest(tmp_path / "model.xml")
    (tmp_path / "model.bin").write_bytes(b"2")
    assert graph_digest(tmp_path / "model.xml") != first


def test_tensorflow_cannot_run_such_files(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "model.onnx")
    info = described(path, scaling="none")
    with pytest.raises(UsageError, match=r"model.onnx runs on OpenVINO only: leave --runtime out"):
        open_runtime("tensorflow", info=info, load=never, probe=never, graph=path)


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
    scores = scores_of(path, pixels(5), scaling="none")
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
    scores = scores_of(path, pixels(6), scaling=scaling)
    assert np.ptp(reference, axis=0).max() > 0.01
    np.testing.assert_allclose(scores, reference, atol=1.5 / 256)


def test_a_quantised_input_of_other_numbers_leaves_the_scaling_open(tmp_path: Path) -> None:
    model = build_network("torch")
    path = make_tflite(tmp_path / "model.tflite", model, scaling="torch", quantised="uint8")
    assert graph_facts(path).scaling is None
    reference = interpreted(path, SCALINGS["torch"].apply(pixels(6)))
    scores = scores_of(path, pixels(6), scaling="torch")
    np.testing.assert_allclose(scores, reference, atol=1.5 / 256)


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
        scores_of(path, pixels(2), scaling="0-1"), softmax(by_hand(pixels(2) / 255)), atol=1e-5
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
