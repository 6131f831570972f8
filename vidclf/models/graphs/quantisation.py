"""Quantised graphs, made to take and give real numbers as the network before quantisation did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vidclf.core.openvino_import import import_openvino
from vidclf.models.graphs.walking import moved_only, only_consumer, quantiser

_SMALL_INTEGERS = ("i8", "u8")


@dataclass(frozen=True, slots=True, kw_only=True)
class RealGraph:
    """A graph whose numbers are real ones."""

    graph: Any
    """The `openvino.Model`."""
    input_range: tuple[float, float] | None
    """The real numbers its quantised input stood for; None where that was not quantised."""


def with_real_numbers(graph: Any) -> RealGraph:
    """Take quantisation off a graph's ends, and leave it inside.

    TFLite's quantised input q stands for the real number `scale * (q - zero_point)`. OpenVINO
    reads that as a FakeQuantize from q to the real number, and one back to q at the output. The
    new input takes the real number and rounds it to q itself; the new output is what stood before
    the last rounding, so it is finer than TFLite's by up to one step.
    """
    parameters, result = graph.get_parameters(), _real_result(graph)
    ends = _input_quantiser(graph)
    if ends is not None:
        parameters = [_real_parameter(parameters[0], ends)]
    if ends is not None or result is not None:
        openvino = import_openvino()
        graph = openvino.Model([result or graph.get_results()[0]], parameters, graph.get_name())
    return RealGraph(graph=graph, input_range=None if ends is None else (ends[2], ends[3]))


def _input_quantiser(graph: Any) -> tuple[float, float, float, float] | None:
    point = graph.input(0)
    if point.get_element_type().get_type_name() not in _SMALL_INTEGERS:
        return None
    while (consumer := only_consumer(point)) and moved_only(consumer, point):
        point = consumer.get_node().output(0)
    if consumer is None or consumer.get_node().get_type_name() != "FakeQuantize":
        return None
    return quantiser(consumer.get_node())


def _real_parameter(quantised: Any, ends: tuple[float, float, float, float]) -> Any:
    """A float32 input in the place of a quantised one, which it rounds to."""
    openvino = import_openvino()
    ops = openvino.opset13
    low, high, real_low, real_high = ends
    slope = (high - low) / (real_high - real_low)
    real = ops.parameter(quantised.get_partial_shape(), openvino.Type.f32)
    real.set_friendly_name(quantised.get_friendly_name())
    steps = ops.add(ops.multiply(real, _number(slope)), _number(low - slope * real_low))
    whole = ops.clamp(ops.round(steps, "half_to_even"), low, high)
    source = ops.convert(whole, quantised.get_element_type().to_string())
    for target in quantised.output(0).get_target_inputs():
        target.replace_source_output(source.output(0))
    return real


def _real_result(graph: Any) -> Any | None:
    """A result before quantisation, in the place of one of small integers."""
    if graph.output(0).get_element_type().get_type_name() not in _SMALL_INTEGERS:
        return None
    source = graph.get_results()[0].input_value(0)
    while source.get_node().get_type_name() in ("Convert", "FakeQuantize"):
        source = source.get_node().input_value(0)
    return import_openvino().opset13.result(source)


def _number(value: float) -> Any:
    openvino = import_openvino()
    return openvino.opset13.constant(value, openvino.Type.f32)
