"""SavedModels whose graph asks for huge tensors are refused before TensorFlow loads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.saved_models import PICTURES, export_keras_3, mean

from vidclf.errors import ModelError
from vidclf.models import open_model
from vidclf.models.saved_models.loading import load_saved_model

import tensorflow as tf  # isort: skip
from tensorflow.core.protobuf import saved_model_pb2  # isort: skip


def save(folder: Path, extra: Callable[[Any], Any]) -> Path:
    """Save a signature that adds the mean of a tensor to its answer."""

    def serve(batch: Any) -> Any:
        return {"mean": mean(batch)["mean"] + tf.reduce_mean(extra(batch))}

    signature = tf.function(serve, input_signature=[PICTURES])
    tf.saved_model.save(tf.Module(), str(folder), signatures=signature)
    return folder


@pytest.mark.parametrize(
    "extra",
    [
        lambda batch: tf.fill([2**17, 2**16], 1.0),
        lambda batch: tf.fill(tf.stack([2**17, tf.identity(2**16)]), 1.0),
        lambda batch: tf.broadcast_to(1.0, [2**33]),
        lambda batch: tf.tile(batch[:, :1, :1], [1, 2**17, 2**16, 1]),
        lambda batch: tf.random.uniform([2**17, 2**16]),
        lambda batch: tf.image.resize(batch, [100_000, 100_000]),
        lambda batch: tf.pad(batch[:, :1, :1], [[0, 0], [2**16, 2**16], [2**16, 2**16], [0, 0]]),
        lambda batch: tf.cast(tf.range(2**33), tf.float32),
        lambda batch: tf.one_hot([0], 2**30),
    ],
)
def test_an_operation_of_huge_output_is_refused(tmp_path: Path, extra: Any) -> None:
    folder = save(tmp_path / "x", extra)
    with pytest.raises(ModelError, match=r"makes [\d,]+ numbers of one input in the operation"):
        load_saved_model(folder, allow_unsafe=True)


def test_a_constant_that_repeats_one_number_is_refused(tmp_path: Path) -> None:
    folder = save(tmp_path / "x", lambda batch: tf.constant(np.ones((300, 300), np.float32)))
    path = folder / "saved_model.pb"
    parsed = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    for function in parsed.meta_graphs[0].graph_def.library.function:
        for node in function.node_def:
            tensor = node.attr["value"].tensor
            if [side.size for side in tensor.tensor_shape.dim] == [300, 300]:
                tensor.tensor_content, tensor.float_val[:] = b"", [1.0]
                for side in tensor.tensor_shape.dim:
                    side.size = 2**17
    path.write_bytes(parsed.SerializeToString())
    with pytest.raises(ModelError, match="has constants of 17,179,869,184 numbers"):
        load_saved_model(folder)


def test_an_honest_model_asks_for_nothing_huge(tmp_path: Path) -> None:
    export_keras_3(tmp_path / "x")
    assert load_saved_model(tmp_path / "x")


@pytest.mark.slow
@pytest.mark.usefixtures("first_look_in_child")
def test_a_size_that_the_graph_computes_meets_the_limit_on_memory(tmp_path: Path) -> None:
    def fill(batch: Any) -> Any:
        return tf.fill(tf.stack([tf.constant(2**17) * 1, tf.constant(2**8) * 2**8]), 1.0)

    folder = save(tmp_path / "x", fill)
    with pytest.raises(ModelError, match=r"takes more than \d+ GiB of memory when it is looked at"):
        open_model(folder)
