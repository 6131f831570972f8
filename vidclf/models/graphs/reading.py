"""Read what the network in an ONNX, TFLite or OpenVINO file takes and gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vidclf.core.installed import installed_version
from vidclf.core.openvino_import import openvino_core
from vidclf.errors import ModelError
from vidclf.models.applications.recognising import names_in_bytes, recognise
from vidclf.models.graphs.files import read_graph
from vidclf.models.graphs.quantisation import RealGraph
from vidclf.models.graphs.sizes import check_sizes, is_free
from vidclf.models.graphs.walking import first_steps, last_activation, last_operation
from vidclf.models.info import ModelFacts
from vidclf.models.scaling_clues.conclusion import conclude, scaling_to_range


def graph_facts(path: Path) -> ModelFacts:
    """Read the facts of the network in a `.onnx`, `.tflite` or `.xml` file.

    Raises:
        ModelError: OpenVINO cannot read it, or it has several inputs or outputs.
        RuntimeUnavailableError: OpenVINO is not installed.
    """
    loader = f"openvino {installed_version('openvino')}"
    graph = read_graph(path)
    check_sizes(graph.graph, str(path))
    names = names_in_bytes(path.read_bytes()) if path.suffix.lower() == ".tflite" else ()
    return facts_of_graph(graph, name=str(path), loader=loader, clue=_clue(graph), names=names)


def check_compiles(path: Path) -> None:
    """Compile a graph for its own input, as its runs will; one whose input is free is left out.

    Raises:
        ModelError: OpenVINO cannot compile it.
    """
    graph = read_graph(path).graph
    if is_free(graph):
        return
    try:
        openvino_core().compile_model(graph, "CPU", {"INFERENCE_NUM_THREADS": 1})
    except RuntimeError as exc:
        reason = str(exc).strip().splitlines()[-1].strip()
        raise ModelError(
            f"OpenVINO cannot compile {path} ({reason}): export it again, with standard operations"
        ) from exc


def facts_of_graph(
    real: RealGraph,
    *,
    name: str,
    loader: str,
    clue: tuple[str | None, str],
    names: Sequence[str] = (),
    signature: str | None = None,
) -> ModelFacts:
    """Read the facts of a graph with one input and one output.

    Args:
        real: the graph.
        name: what to call it in errors.
        loader: what read it.
        clue: the scaling that the network expects, None where it does not show, and what shows it.
        names: those of its operations in the file; none to take those that OpenVINO keeps.
        signature: which signature of a SavedModel it is.

    Raises:
        ModelError: the shape of its input or output is not known, or it answers with integers.
    """
    graph = real.graph
    shape, dtype = _input_shape(graph, name), _dtype_of(graph)
    if dtype == "int8":
        raise ModelError(
            f"{name} takes int8 numbers and does not say what they stand for: export it with an "
            "input of uint8 or float32"
        )
    outputs, last = _outputs(graph, name), last_operation(graph)
    scaling, scaling_evidence = clue
    kept = (op.get_friendly_name() for op in graph.get_ordered_ops())
    backbone = recognise(names or kept)
    return ModelFacts(
        loader=loader,
        input_shape=shape[1:],
        dtype=dtype,
        outputs=outputs,
        activation=last_activation(graph),
        head_evidence=f"last operation: {last}, {outputs} outputs",
        scaling=scaling,
        scaling_evidence=scaling_evidence,
        backbone=backbone.name if backbone else None,
        backbone_scaling=backbone.scaling if backbone and not scaling_evidence else None,
        signature=signature,
        fixed_batch=shape[0],
    )


def _dtype_of(graph: Any) -> str:
    return str(graph.input(0).get_element_type().to_dtype().name)


def _input_shape(graph: Any, name: str) -> tuple[int | None, ...]:
    shape = _lengths(graph.input(0).get_partial_shape())
    if not shape:
        raise ModelError(f"{name} does not say the shape of its input: export it with one")
    return shape


def _outputs(graph: Any, name: str) -> int:
    """Count the numbers of an answer: of (N, C), (N, C, 1, 1), (N,) or, if N is always 1, (C,)."""
    kind, shape = graph.output(0).get_element_type(), graph.output(0).get_partial_shape()
    if kind.is_integral():
        raise ModelError(
            f"{name} answers with whole numbers ({kind.get_type_name()}), not scores: export it "
            "without its ArgMax or class names"
        )
    lengths = _lengths(shape)
    if None in lengths[1:]:
        lengths = _lengths(_with_batch_of_one(graph).output(0).get_partial_shape())
    is_row = len(lengths) == 1 and graph.input(0).get_partial_shape()[0] == 1
    each = [length for length in (lengths if is_row else lengths[1:]) if length != 1]
    if None in each or len(each) > 1 or not lengths:
        raise ModelError(
            f"{name} gives output of shape {shape}, not one score for each class: export it with "
            "its classifier head"
        )
    return math.prod(length or 1 for length in each)


def _with_batch_of_one(graph: Any) -> Any:
    """Copy a graph for a batch of one, of which OpenVINO may know more."""
    one, shape = graph.clone(), graph.input(0).get_partial_shape()
    shape[0] = 1
    try:
        one.reshape(shape)
    except RuntimeError:  # this network cannot take a batch of one
        return graph
    return one


def _lengths(shape: Any) -> tuple[int | None, ...]:
    if shape.rank.is_dynamic:
        return ()
    return tuple(None if length.is_dynamic else length.get_length() for length in shape)


def _clue(real: RealGraph) -> tuple[str | None, str]:
    """Find the scaling that the network expects, and what in the graph shows it, in words."""
    if real.input_range is not None:
        low, high = real.input_range
        evidence = f"its quantised input stands for {low:.4g} to {high:.4g}"
        return scaling_to_range(low, high), evidence
    return conclude(first_steps(real.graph), dtype=_dtype_of(real.graph))
