"""ONNX files as tests make them, their descriptions and scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.inference.runtimes import open_runtime
from vidclf.models.graphs.files import graph_digest
from vidclf.models.graphs.reading import graph_facts
from vidclf.models.info import ModelInfo

WEIGHTS = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
CONSTANTS = {
    "small": np.float32([1 / 255]),
    "span": np.float32([255]),
    "own": np.float32([1.1, 0.9, 1.02]).reshape(1, 3, 1, 1),
    "mean": np.float32([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1),
    "deviation": np.float32([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1),
}


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


def describe_graph(path: Path, *, scaling: str, size: tuple[int, int] = (12, 16)) -> ModelInfo:
    """Describe a graph by its facts, and by what its user must add to them."""
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
        head="softmax" if facts.activation == "softmax" else "logits",
        layout="channels_first" if first else "channels_last",
        dtype=facts.dtype,
        fixed_batch=facts.fixed_batch,
    )


def never() -> Any:
    """Stand for what a graph must not need: a Keras network, or frames to compare it on."""
    raise AssertionError("not needed")


def graph_scores(path: Path, batch: np.ndarray, **description: Any) -> np.ndarray:
    """Run a graph as vidclf does."""
    info = describe_graph(path, **description)
    return open_runtime("auto", info=info, load=never, probe=never, graph=path).scores(batch)
