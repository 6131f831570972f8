"""Graphs that would fill the machine are refused; the first to look at them is a child process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from helpers.graph_files import make_onnx, never
from onnx import helper, numpy_helper

from vidclf.errors import ModelError
from vidclf.inference.runtimes import open_runtime
from vidclf.models import open_model
from vidclf.settings import ModelSettings

pytestmark = pytest.mark.usefixtures("first_look_in_child")


def add_constant(path: Path, node: onnx.NodeProto, **values: np.ndarray) -> Path:
    """Add the mean of what an operation gives to the network's answer."""
    model = onnx.load(path)
    graph = model.graph
    last = graph.node[-1]
    answer = last.input[0]
    last.input[0] = "with constant"
    graph.initializer.extend(numpy_helper.from_array(v, name) for name, v in values.items())
    extra = [
        node,
        helper.make_node("ReduceMean", ["huge"], ["mean of it"], keepdims=0),
        helper.make_node("Add", [answer, "mean of it"], ["with constant"]),
    ]
    nodes = [*graph.node[:-1], *extra, last]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, path)
    return path


def size(*sides: int) -> np.ndarray:
    return np.array(sides, np.int64)


@pytest.mark.parametrize("numbers", [2**33, 2**40])
def test_a_constant_of_any_size_is_refused(tmp_path: Path, numbers: int) -> None:
    path = make_onnx(tmp_path / "x.onnx")
    node = helper.make_node("ConstantOfShape", ["size"], ["huge"])
    with pytest.raises(ModelError, match=r"x\.onnx (makes|takes|crashes) .*(export|download)"):
        open_model(add_constant(path, node, size=size(numbers)))


def test_a_number_repeated_without_end_is_refused(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "x.onnx")
    node = helper.make_node("Tile", ["one", "size"], ["huge"])
    added = add_constant(path, node, size=size(2**33), one=np.float32([1]))
    with pytest.raises(ModelError, match=r"x\.onnx (makes|takes|crashes)"):
        open_model(added)


def test_a_small_constant_is_none_of_these(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "x.onnx")
    node = helper.make_node("ConstantOfShape", ["size"], ["huge"])
    assert len(open_model(add_constant(path, node, size=size(2**10))).info.labels) == 4


def test_a_size_that_the_user_gives_is_looked_at_with_the_rest(tmp_path: Path) -> None:
    path = make_onnx(tmp_path / "x.onnx", picture=(3, "H", "W"))
    model = onnx.load(path)
    model.graph.node[0].input[0] = "large"
    scales = np.array([1, 1, 1000, 1000], np.float32)
    model.graph.initializer.append(numpy_helper.from_array(scales, "scales"))
    model.graph.node.insert(0, helper.make_node("Resize", ["x", "", "scales"], ["large"]))
    onnx.save(model, path)
    opened = open_model(path, settings=ModelSettings(input_size=(600, 600), preprocess="0-1"))
    with pytest.raises(ModelError, match=r"makes [\d,]{17} numbers of one input"):
        open_runtime("auto", info=opened.info, load=never, probe=never, graph=path)
