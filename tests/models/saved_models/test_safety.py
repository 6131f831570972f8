"""SavedModels that do more than compute are refused before they are loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.pixels import pixels
from helpers.saved_models import PICTURES, export_keras_3, mean, save_tensorflow_1

from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.saved_models.facts import saved_model_facts
from vidclf.models.saved_models.loading import (
    load_saved_model,
)
from vidclf.models.saved_models.safety import find_danger

import_keras()
import tensorflow as tf  # noqa: E402
from tensorflow.core.framework import variable_pb2  # noqa: E402
from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402


def write_marker(batch: Any, marker: str) -> Any:
    with tf.control_dependencies([tf.io.write_file(marker, "was here")]):
        return tf.reduce_mean(batch, [1, 2])


def write_in_a_branch(batch: Any, marker: str) -> Any:
    return tf.cond(
        tf.reduce_mean(batch) < 1e9,
        lambda: write_marker(batch, marker),
        lambda: tf.reduce_mean(batch, [1, 2]),
    )


def print_to_file(batch: Any, marker: str) -> Any:
    tf.print("was here", output_stream=f"file://{marker}")
    return tf.reduce_mean(batch, [1, 2])


def save_tensor(batch: Any, marker: str) -> Any:
    save = tf.raw_ops.SaveV2(
        prefix=marker, tensor_names=["x"], shape_and_slices=[""], tensors=[batch]
    )
    with tf.control_dependencies([save]):
        return tf.reduce_mean(batch, [1, 2])


def read_file(batch: Any, marker: str) -> Any:
    text = tf.io.read_file(tf.constant("/etc/passwd"))
    return tf.reduce_mean(batch, [1, 2]) + tf.cast(tf.strings.length(text), tf.float32)


def list_files(batch: Any, marker: str) -> Any:
    found = tf.io.matching_files("/etc/*")
    return tf.reduce_mean(batch, [1, 2]) + tf.cast(tf.size(found), tf.float32)


def run_python(batch: Any, marker: str) -> Any:
    return tf.reduce_mean(tf.numpy_function(lambda x: x, [batch], tf.float32), [1, 2])


def run_eager_python(batch: Any, marker: str) -> Any:
    return tf.reduce_mean(tf.py_function(lambda x: x, [batch], tf.float32), [1, 2])


def read_lines(batch: Any, marker: str) -> Any:
    lines = tf.data.TextLineDataset("/etc/passwd").reduce(0.0, lambda n, _: n + 1)
    return tf.reduce_mean(batch, [1, 2]) + lines


@pytest.mark.parametrize(
    ("harm", "operation"),
    [
        (write_marker, "WriteFile"),
        (write_in_a_branch, "WriteFile"),
        (print_to_file, "PrintV2"),
        (save_tensor, "SaveV2"),
        (read_file, "ReadFile"),
        (list_files, "MatchingFiles"),
        (run_python, "PyFunc"),
        (run_eager_python, "EagerPyFunc"),
        (read_lines, r"\w*Dataset\w*"),
    ],
)
def test_what_does_more_than_compute_is_refused(
    tmp_path: Path, harm: Callable[[Any, str], Any], operation: str
) -> None:
    marker = tmp_path / "marker"
    module = tf.Module()
    serve = tf.function(lambda x: {"y": harm(x, str(marker))}, input_signature=[PICTURES])
    module.kept = serve
    tf.saved_model.save(module, str(tmp_path / "m"), signatures=serve)
    message = rf"carries the operation {operation}, which could .*: --allow-unsafe-model loads it"
    for use in (saved_model_facts, load_saved_model):
        with pytest.raises(ModelError, match=message):
            use(tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def save_writing_at_load(folder: Path, marker: Path) -> None:
    """A SavedModel that writes a file as soon as TensorFlow loads it."""

    class Writer(tf.saved_model.experimental.TrackableResource):
        def _create_resource(self) -> Any:
            return tf.raw_ops.VarHandleOp(shape=[], dtype=tf.float32)

        def _initialize(self) -> None:
            tf.io.write_file(str(marker), "was here")

        def _destroy_resource(self) -> None:
            return

    module = tf.Module()
    module.writer = Writer()

    module.serve = tf.function(mean, input_signature=[PICTURES])
    tf.saved_model.save(module, str(folder), signatures=module.serve)
    marker.unlink(missing_ok=True)


def test_what_would_be_done_while_loading_is_refused_before(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    save_writing_at_load(tmp_path / "m", marker)
    with pytest.raises(ModelError, match=r"WriteFile, which could change files of yours"):
        saved_model_facts(tmp_path / "m")
    assert not marker.exists()
    load_saved_model(tmp_path / "m", allow_unsafe=True)
    assert marker.exists()  # so the file does harm, and only the check prevented it


def test_a_trusted_one_is_loaded(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    serve = tf.function(lambda x: {"y": write_marker(x, str(marker))}, input_signature=[PICTURES])
    tf.saved_model.save(tf.Module(), str(tmp_path / "m"), signatures=serve)
    assert saved_model_facts(tmp_path / "m", allow_unsafe=True).outputs == 3
    marker.unlink(missing_ok=True)
    load_saved_model(tmp_path / "m", allow_unsafe=True)(pixels(1).astype(np.float32))
    assert marker.exists()


def parsed(folder: Path) -> Any:
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((folder / "saved_model.pb").read_bytes())
    return model


def functions_with(model: Any, operation: str) -> list[Any]:
    library = model.meta_graphs[0].graph_def.library.function
    return [f for f in library if any(node.op == operation for node in f.node_def)]


def give_to_python(model: Any, function: Any) -> None:
    model.meta_graphs[0].object_graph_def.concrete_functions[function.signature.name].SetInParent()


def call_from_signature(model: Any, function: Any) -> None:
    graph = model.meta_graphs[0].graph_def
    name = model.meta_graphs[0].signature_def["serving_default"].outputs["output_0"].name
    [node] = [node for node in graph.node if node.name == name.split(":")[0]]
    node.attr["f"].func.name = function.signature.name


def call_as_gradient(model: Any, function: Any) -> None:
    graph = model.meta_graphs[0].graph_def
    name = model.meta_graphs[0].signature_def["serving_default"].outputs["output_0"].name
    [node] = [node for node in graph.node if node.name == name.split(":")[0]]
    called = node.attr["f"].func.name
    graph.library.gradient.add(function_name=called, gradient_func=function.signature.name)


def offer_in_exchange(model: Any, function: Any) -> None:
    function.attr["api_implements"].s = b"serving"


def run_while_restoring(model: Any, function: Any) -> None:
    saver = model.meta_graphs[0].saver_def
    saver.restore_op_name = saver.save_tensor_name.split(":")[0]


@pytest.mark.parametrize(
    "trick",
    [give_to_python, call_from_signature, call_as_gradient, offer_in_exchange, run_while_restoring],
)
def test_the_savers_own_operations_are_let_through_for_the_saver_only(
    tmp_path: Path, trick: Callable[[Any, Any], None]
) -> None:
    export_keras_3(tmp_path / "m")
    model = parsed(tmp_path / "m")
    assert find_danger(model) is None
    [saving] = functions_with(model, "SaveV2")
    trick(model, saving)
    danger = find_danger(model)
    assert danger is not None
    assert danger.operation in ("SaveV2", "MergeV2Checkpoints", "RestoreV2")


def test_local_variables_of_tensorflow_1_are_not_made_by_saving(tmp_path: Path) -> None:
    save_tensorflow_1(tmp_path / "m")
    model = parsed(tmp_path / "m")
    assert find_danger(model) is None
    saver = model.meta_graphs[0].saver_def.save_tensor_name.split(":")[0]
    local = variable_pb2.VariableDef(variable_name="w", initializer_name=saver)
    collection = model.meta_graphs[0].collection_def["local_variables"]
    collection.bytes_list.value.append(local.SerializeToString())
    danger = find_danger(model)
    assert danger is not None
    assert danger.operation == "SaveV2"


def test_a_second_node_of_the_same_name_hides_nothing(tmp_path: Path) -> None:
    export_keras_3(tmp_path / "m")
    model = parsed(tmp_path / "m")
    [saving] = functions_with(model, "SaveV2")
    [node] = [node for node in saving.node_def if node.op == "SaveV2"]
    twin = saving.node_def.add()
    twin.CopyFrom(node)
    node.op = "WriteFile"
    danger = find_danger(model)
    assert danger is not None
    assert danger.operation == "WriteFile"


def test_operations_of_plug_ins_are_refused(tmp_path: Path) -> None:
    export_keras_3(tmp_path / "m")
    model = parsed(tmp_path / "m")
    model.meta_graphs[0].graph_def.node.add(name="odd", op="SomeonesOwn")
    danger = find_danger(model)
    assert danger is not None
    assert "not one of TensorFlow's own" in danger.effect
