"""Walk along an OpenVINO graph: what it does to its input first, and what makes its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from vidclf.models.scaling_clues import Affine

_MOVES = frozenset({"Convert", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"})
"""Operations that keep every number as it is."""
_MOVES_IF_SHAPE_STAYS = frozenset({"Gather", "Reverse", "Slice", "StridedSlice"})
"""Operations that do so while the shape stays: they may turn RGB into BGR, or cut."""
_MAX_CHANNELS = 3


def last_operation(graph: Any) -> str:
    """Return the type of the operation that made the answer, such as `Softmax` or `MatMul`."""
    node = graph.get_results()[0]
    while node.get_type_name() in _MOVES | {"Result", "FakeQuantize"}:
        node = node.input_value(0).get_node()
    return str(node.get_type_name())


def first_scaling(graph: Any) -> Affine:
    """Put together what a graph does to its input before the first operation of another kind."""
    output, first = graph.input(0), Affine()
    while (consumer := only_consumer(output)) and (step := _affine(consumer, output)):
        first = first.then(step)
        output = consumer.get_node().output(0)
    return first


def only_consumer(output: Any) -> Any | None:
    """Return the one input that takes an output's numbers; None where there are more, or none."""
    consumers = [
        target
        for target in output.get_target_inputs()
        if target.get_node().get_type_name() != "ShapeOf"
    ]
    return consumers[0] if len(consumers) == 1 else None


def keeps_numbers(consumer: Any, output: Any) -> bool:
    """Return whether the operation behind an input passes an output's numbers on unchanged."""
    kind, node = consumer.get_node().get_type_name(), consumer.get_node()
    if consumer.get_index() != 0:
        return False
    same_shape = node.output(0).get_partial_shape() == output.get_partial_shape()
    return kind in _MOVES or kind == "Pad" or (kind in _MOVES_IF_SHAPE_STAYS and same_shape)


def quantiser_bounds(node: Any) -> tuple[float, float, float, float] | None:
    """Read a FakeQuantize's lowest and highest input, and what these become.

    Returns:
        (lowest, highest, new lowest, new highest); None where they are not constant.
    """
    bounds = [_constant_mean(node.input_value(i)) for i in range(1, 5)]
    if None in bounds:
        return None
    low, high, new_low, new_high = (float(bound or 0) for bound in bounds)
    return low, high, new_low, new_high


def _constant_mean(output: Any) -> float | None:
    """Return the mean of a constant of one number, or one for each channel; None of any other."""
    node = output.get_node()
    while node.get_type_name() in _MOVES:
        node = node.input_value(0).get_node()
    if node.get_type_name() != "Constant":
        return None
    values = np.asarray(node.get_data(dtype=np.float32))
    return float(values.mean()) if 1 <= values.size <= _MAX_CHANNELS else None


def _affine(consumer: Any, output: Any) -> Affine | None:
    """Return what an operation that scales or only moves numbers does; None of any other."""
    node = consumer.get_node()
    kind = node.get_type_name()
    if keeps_numbers(consumer, output):
        return Affine()
    if kind == "FakeQuantize":
        return _quantiser_affine(node)
    if kind not in _ARITHMETIC:
        return None
    constant = _constant_mean(node.input_value(1 - consumer.get_index()))
    return None if constant is None else _ARITHMETIC[kind](constant, consumer.get_index() == 0)


def _quantiser_affine(node: Any) -> Affine | None:
    bounds = quantiser_bounds(node)
    if bounds is None or bounds[0] == bounds[1]:
        return None
    low, high, new_low, new_high = bounds
    slope = (new_high - new_low) / (high - low)
    return Affine(slope=slope, offset=new_low - slope * low)


def _subtract(constant: float, input_is_first: bool) -> Affine:
    if input_is_first:
        return Affine(offset=-constant, parts=(f"Subtract {constant:.3g}",))
    return Affine(slope=-1.0, offset=constant, parts=(f"Subtract from {constant:.3g}",))


def _divide(constant: float, input_is_first: bool) -> Affine | None:
    if not input_is_first or constant == 0:
        return None
    return Affine(slope=1 / constant, parts=(f"Divide by {constant:.3g}",))


_ARITHMETIC: dict[str, Callable[[float, bool], Affine | None]] = {
    "Add": lambda constant, _: Affine(offset=constant, parts=(f"Add {constant:.3g}",)),
    "Multiply": lambda constant, _: Affine(slope=constant, parts=(f"Multiply by {constant:.3g}",)),
    "Subtract": _subtract,
    "Divide": _divide,
}
