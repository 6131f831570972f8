"""Make quantised graphs take and give real numbers, as the network did before quantisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vidclf.core.openvino_import import import_openvino
from vidclf.models.graphs.steps import keeps_numbers, only_consumer, quantiser_bounds

_SMALL_INTEGERS = ("i8", "u8")


@dataclass(frozen=True, slots=True, kw_only=True)
class RealGraph:
    """A graph that takes and gives real numbers, not those that quantisation stores."""

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
    bounds = _input_quantiser_bounds(graph)
    if bounds is not None:
        parameters = [_real_parameter(parameters[0], bounds)]
    if bounds is not None or result is not None:
        openvino = import_openvino()
        graph = openvino.Model([result or graph.get_results()[0]], parameters, graph.get_name())
    return RealGraph(graph=graph, input_range=None if bounds is None else (bounds[2], bounds[3]))


def _input_quantiser_bounds(graph: Any) -> tuple[float, float, float, float] | None:
    output = graph.input(0)
    if output.get_element_type().get_type_name() not in _SMALL_INTEGERS:
        return None
    while (consumer := only_consumer(output)) and keeps_numbers(consumer, output):
        output = consumer.get_node().output(0)
    if consumer is None or consumer.get_node().get_type_name() != "FakeQuantize":
        return None
    return quantiser_bounds(consumer.get_node())


def _real_parameter(quantised: Any, bounds: tuple[float, float, float, float]) -> Any:
    """Put a float32 input in the place of a quantised one, which it rounds to."""
    openvino = import_openvino()
    ops = openvino.opset13
    low, high, real_low, real_high = bounds
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
    """Return a result before quantisation, in the place of one of small integers."""
    if graph.output(0).get_element_type().get_type_name() not in _SMALL_INTEGERS:
        return None
    source = graph.get_results()[0].input_value(0)
    while source.get_node().get_type_name() in ("Convert", "FakeQuantize"):
        source = source.get_node().input_value(0)
    return import_openvino().opset13.result(source)


def _number(value: float) -> Any:
    openvino = import_openvino()
    return openvino.opset13.constant(value, openvino.Type.f32)
