"""Walking an OpenVINO graph: what it does to its input first, and what makes its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_MOVES = frozenset({"Convert", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"})
"""Operations that keep every number as it is."""
_MOVES_IF_SAME_SHAPE = frozenset({"Gather", "Reverse", "Slice", "StridedSlice"})
"""Those that may turn RGB into BGR, or cut."""
_MOST_CHANNELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Affine:
    """`slope * x + offset`, as the mean over the channels."""

    slope: float = 1.0
    """What is multiplied by."""
    offset: float = 0.0
    """What is added then."""
    words: tuple[str, ...] = ()
    """The operations it came from, in order."""

    def then(self, after: Affine) -> Affine:
        """This one first, `after` on what it gives."""
        return Affine(
            slope=self.slope * after.slope,
            offset=self.offset * after.slope + after.offset,
            words=(*self.words, *after.words),
        )


def last_operation(graph: Any) -> str:
    """The type of the operation that made the answer, such as `Softmax` or `MatMul`."""
    node = graph.get_results()[0]
    while node.get_type_name() in _MOVES | {"Result", "FakeQuantize"}:
        node = node.input_value(0).get_node()
    return str(node.get_type_name())


def scaling_inside(graph: Any) -> Affine:
    """What a graph does to its input before the first operation that is no scaling."""
    point, found = graph.input(0), Affine()
    while (consumer := only_consumer(point)) and (step := _step(consumer, point)):
        found = found.then(step)
        point = consumer.get_node().output(0)
    return found


def only_consumer(point: Any) -> Any | None:
    """The one input that takes an output's numbers; None where there are more, or none."""
    consumers = [
        target
        for target in point.get_target_inputs()
        if target.get_node().get_type_name() != "ShapeOf"
    ]
    return consumers[0] if len(consumers) == 1 else None


def moved_only(consumer: Any, point: Any) -> bool:
    """Whether the operation behind an input passes the numbers of `point` on unchanged."""
    kind, node = consumer.get_node().get_type_name(), consumer.get_node()
    if consumer.get_index() != 0:
        return False
    same_shape = node.output(0).get_partial_shape() == point.get_partial_shape()
    return kind in _MOVES or kind == "Pad" or (kind in _MOVES_IF_SAME_SHAPE and same_shape)


def quantiser(node: Any) -> tuple[float, float, float, float] | None:
    """A FakeQuantize's lowest and highest input, and what these become; None where not constant."""
    ends = [constant_mean(node.input_value(i)) for i in range(1, 5)]
    if None in ends:
        return None
    low, high, new_low, new_high = (float(end or 0) for end in ends)
    return low, high, new_low, new_high


def constant_mean(output: Any) -> float | None:
    """The mean of a constant of one number, or one for each channel; None where it is neither."""
    node = output.get_node()
    while node.get_type_name() in _MOVES:
        node = node.input_value(0).get_node()
    if node.get_type_name() != "Constant":
        return None
    values = np.asarray(node.get_data(dtype=np.float32))
    return float(values.mean()) if 1 <= values.size <= _MOST_CHANNELS else None


def _step(consumer: Any, point: Any) -> Affine | None:
    node = consumer.get_node()
    kind = node.get_type_name()
    if moved_only(consumer, point):
        return Affine()
    if kind == "FakeQuantize":
        return _of_quantiser(node)
    if kind not in _ARITHMETIC:
        return None
    constant = constant_mean(node.input_value(1 - consumer.get_index()))
    return None if constant is None else _ARITHMETIC[kind](constant, consumer.get_index() == 0)


def _of_quantiser(node: Any) -> Affine | None:
    ends = quantiser(node)
    if ends is None or ends[0] == ends[1]:
        return None
    low, high, new_low, new_high = ends
    slope = (new_high - new_low) / (high - low)
    return Affine(slope=slope, offset=new_low - slope * low)


def _subtract(constant: float, input_is_first: bool) -> Affine:
    if input_is_first:
        return Affine(offset=-constant, words=(f"Subtract {constant:.3g}",))
    return Affine(slope=-1.0, offset=constant, words=(f"Subtract from {constant:.3g}",))


def _divide(constant: float, input_is_first: bool) -> Affine | None:
    if not input_is_first or constant == 0:
        return None
    return Affine(slope=1 / constant, words=(f"Divide by {constant:.3g}",))


_ARITHMETIC: dict[str, Callable[[float, bool], Affine | None]] = {
    "Add": lambda constant, _: Affine(offset=constant, words=(f"Add {constant:.3g}",)),
    "Multiply": lambda constant, _: Affine(slope=constant, words=(f"Multiply by {constant:.3g}",)),
    "Subtract": _subtract,
    "Divide": _divide,
}
