"""Trace a loaded Keras network into a graph, to see what it does to its input first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vidclf.core.muted_warnings import keras_muted
from vidclf.models.answers import answers_vary
from vidclf.models.forward_pass import forward_pass
from vidclf.models.scaling_clues.conclusion import FirstSteps
from vidclf.models.scaling_clues.tensorflow_graphs import tensorflow_first_steps
from vidclf.models.scaling_clues.walk import UNTOUCHED, Rest, Value, constant_of

_CLIP_AXES = 5
_FRAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedFacts:
    """Holds what the graph of a network shows."""

    first: FirstSteps
    """What it does to its input before its first weights."""
    is_random: bool
    """Whether it answers otherwise each time."""
    depends_on_batch: bool
    """Whether its answer to a picture changes with the others of a batch."""
    network: Any | None
    """What was traced: (N, …) → (N, units); None where that failed."""


def traced_facts(model: Any) -> TracedFacts:
    """Read what the graph of a `keras.Model` or `tf_keras.Model` shows.

    The graph tells more than the layers do: arithmetic between layers, layers within layers, and
    Python code are all operations there.
    """
    try:
        with keras_muted():
            network = _trace(model)
    except Exception as exc:  # layers raise whatever they raise
        first = FirstSteps(obstacle=f"what cannot be traced ({type(exc).__name__})")
        return TracedFacts(first=first, is_random=False, depends_on_batch=False, network=None)
    graph_def = network.graph.as_graph_def()
    is_random, depends_on_batch = answers_vary(network, graph_def, network.inputs[0])
    return TracedFacts(
        first=_first_steps(network.graph, graph_def),
        is_random=is_random,
        depends_on_batch=depends_on_batch,
        network=network,
    )


def _trace(model: Any) -> Any:
    """Return the network's forward pass as a concrete function."""
    import tensorflow as tf

    spec = tf.TensorSpec(_shape(model), model.inputs[0].dtype)
    forward = tf.function(
        lambda batch: forward_pass(model, batch), input_signature=[spec], autograph=False
    )
    return forward.get_concrete_function()


def _shape(model: Any) -> list[int | None]:
    """Return the input's shape with a number of frames: clips are run with one, too.

    With a free one, Keras 3.15's `TimeDistributed` mixes the frames of a traced batch.
    """
    shape = list(model.inputs[0].shape)
    if len(shape) == _CLIP_AXES and shape[1] is None:
        shape[1] = _FRAMES
    return shape


def _first_steps(graph: Any, graph_def: Any) -> FirstSteps:
    given = {graph.inputs[0].op.name: UNTOUCHED, **_captured(graph)}
    outputs = [tensor.name for tensor in graph.outputs]
    return tensorflow_first_steps(graph_def, given=given, outputs=outputs)


def _captured(graph: Any) -> Mapping[str, Value]:
    """Return the values that a graph takes from outside: weights, and constants such as a mean."""
    values: dict[str, Value] = {}
    for outside, placeholder in graph.captures:
        is_weight = outside.dtype.name == "resource" or not hasattr(outside, "numpy")
        value = Rest.LEARNED if is_weight else constant_of(outside.numpy())
        values[placeholder.op.name] = value
    return values
