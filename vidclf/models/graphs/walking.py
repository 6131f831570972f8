"""Walk along an OpenVINO graph: what it does to its input first, and what makes its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vidclf.models.graphs.steps import (
    MOVES,
    MOVES_IF_SHAPE_STAYS,
    quantiser_bounds,
)
from vidclf.models.info import UNKNOWN
from vidclf.models.scaling_clues.conclusion import Affine, FirstSteps
from vidclf.models.scaling_clues.walk import (
    UNTOUCHED,
    Constant,
    Picture,
    Rest,
    Role,
    Value,
    Walk,
    constant_of,
)

_PASSES = """
AvgPool BatchToSpace Broadcast DepthToSpace ExtractImagePatches GatherND Interpolate MaxPool Pad
ReduceMax ReduceMean Roll SpaceToBatch SpaceToDepth Split Tile VariadicSplit
"""
_LEARNS = """
BatchNormInference BinaryConvolution Convolution ConvolutionBackpropData DeformableConvolution
GroupConvolution GroupConvolutionBackpropData GRUCell GRUSequence LSTMCell LSTMSequence MatMul
RNNCell RNNSequence
"""
_ROLES: Mapping[str, Role] = {
    **dict.fromkeys((*MOVES, *MOVES_IF_SHAPE_STAYS, *_PASSES.split()), "passes"),
    **dict.fromkeys(_LEARNS.split(), "learns"),
    "Concat": "joins", "ShapeOf": "looks", "Add": "add", "Subtract": "subtract",
    "Multiply": "multiply", "Divide": "divide",
}  # fmt: skip
"""What operations do to a picture; those that are not here are not understood."""
_IMAGENET = (
    (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), (103.939, 116.779, 123.68),
)  # fmt: skip
"""Mean and deviation of ImageNet's pictures, as PyTorch's networks have them, and Caffe's mean."""
_AVERAGES = frozenset({"AvgPool", "ReduceMean"})
_LINEAR = frozenset({"Convolution", "GroupConvolution", "MatMul"})
_ACTIVATIONS = {
    "LogSoftmax": "log_softmax", "Softmax": "softmax", "Sigmoid": "sigmoid",
    **dict.fromkeys(_LINEAR, "linear"),
}  # fmt: skip
_MOST_DIFFERENCE = 5e-3
"""How far a constant may be from a multiple of those, as a share."""
_MOST_NUMBERS = 2**20
"""Of a constant that is looked at, whether all its numbers are one."""


def last_operation(graph: Any) -> str:
    """Return the type of the operation that made the answer, such as `Softmax` or `MatMul`."""
    return str(_last_node(graph).get_type_name())


def last_activation(graph: Any) -> str:
    """Return the activation that made the answer; `unknown` where it is none of the usual."""
    node = _last_node(graph)
    kind = node.get_type_name()
    if kind == "Add" and any(_is_constant(node.input_value(i).get_node()) for i in (0, 1)):
        makers = (node.input_value(i).get_node() for i in (0, 1))
        kind = next((each for each in map(_kind_behind_moves, makers) if each in _LINEAR), kind)
    return _ACTIVATIONS.get(kind, UNKNOWN)


def _last_node(graph: Any) -> Any:
    node = graph.get_results()[0]
    while node.get_type_name() in MOVES | _AVERAGES | {"Result", "FakeQuantize"}:
        node = node.input_value(0).get_node()
    return node


def _is_constant(node: Any) -> bool:
    return _kind_behind_moves(node) == "Constant"


def _kind_behind_moves(node: Any) -> str:
    while node.get_type_name() in MOVES | {"FakeQuantize"}:
        node = node.input_value(0).get_node()
    return str(node.get_type_name())


def first_steps(graph: Any) -> FirstSteps:
    """Find out what a graph does to its input before its first weights."""
    walk = Walk(trusts=_was_written)
    values: dict[tuple[str, int], Value] = {}
    source = graph.input(0).get_node().get_name()
    for node in graph.get_ordered_ops():
        inputs = [_value(values, node.input_value(i)) for i in range(node.get_input_size())]
        value = UNTOUCHED if node.get_name() == source else _result(walk, node, inputs)
        for place in range(node.get_output_size()):
            values[node.get_name(), place] = value
    return walk.first


def _value(values: Mapping[tuple[str, int], Value], output: Any) -> Value:
    return values.get((output.get_node().get_name(), output.get_index()), Rest.OTHER)


def _result(walk: Walk, node: Any, inputs: list[Value]) -> Value:
    """Return the value that a node gives."""
    kind = node.get_type_name()
    if kind == "Constant":
        return _constant(node)
    if kind == "Result":
        return walk.end_at(inputs[0])
    if kind == "FakeQuantize" and isinstance(inputs[0], Picture):
        return _quantised(walk, node, inputs[0])
    if inputs and isinstance(inputs[0], Constant) and kind in MOVES:
        return inputs[0]
    return walk.result_of(_ROLES.get(kind), inputs, kind)


def _constant(node: Any) -> Value:
    """Read a constant, unless it is one of the large ones, which are weights."""
    shape = node.get_output_shape(0)
    return constant_of(node.get_data()) if np.prod(shape) <= _MOST_NUMBERS else Rest.LARGE_CONSTANT


def _quantised(walk: Walk, node: Any, picture: Picture) -> Value:
    """Return the input after a quantiser, which brings it from one range to another."""
    bounds = quantiser_bounds(node)
    if bounds is None or bounds[0] == bounds[1]:
        return walk.meet_obstacle("FakeQuantize")
    low, high, new_low, new_high = bounds
    slope = (new_high - new_low) / (high - low)
    parts = () if abs(slope - 1) < 1e-3 and abs(new_low - low) < 1e-3 else ("FakeQuantize",)
    step = Affine(slope=slope, offset=new_low - slope * low, parts=parts)
    return Picture(scalings=frozenset(way.then(step) for way in picture.scalings))


def _was_written(constant: Constant) -> bool:
    """Return whether a constant is no weight: exported graphs keep both alike.

    A batch normalisation at a network's beginning is arithmetic with numbers that were learned, one
    for each channel. One number for all, and those of ImageNet, nobody learns.
    """
    numbers = np.array(constant.numbers)
    if len(numbers) == 1 or (numbers == numbers[0]).all():
        return True
    mean, deviation, caffe = map(np.array, _IMAGENET)
    known = (mean, deviation, 1 / deviation, mean / deviation, caffe)
    return any(_is_multiple(numbers, each) for vector in known for each in (vector, vector[::-1]))


def _is_multiple(numbers: Any, vector: Any) -> bool:
    ratios = numbers / vector
    return len(numbers) == len(vector) and bool(np.ptp(ratios) <= _MOST_DIFFERENCE * abs(ratios[0]))
