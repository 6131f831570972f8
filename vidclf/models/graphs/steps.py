"""Single steps along an OpenVINO graph: who takes an output, and what becomes of its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

MOVES = frozenset({"Convert", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"})
"""Operations that keep every number as it is."""
MOVES_IF_SHAPE_STAYS = frozenset({"Gather", "Reverse", "Slice", "StridedSlice"})
"""Operations that do so while the shape stays: they may turn RGB into BGR, or cut."""
_CHANNELS = 3


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
    return kind in MOVES or kind == "Pad" or (kind in MOVES_IF_SHAPE_STAYS and same_shape)


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
    while node.get_type_name() in MOVES:
        node = node.input_value(0).get_node()
    if node.get_type_name() != "Constant":
        return None
    values = np.asarray(node.get_data(dtype=np.float32))
    return float(values.mean()) if 1 <= values.size <= _CHANNELS else None
