"""Trace a loaded Keras network into a graph, to see what it does to its input first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidclf.models.scaling_clues.conclusion import FirstSteps
from vidclf.models.scaling_clues.tensorflow_graphs import tensorflow_first_steps
from vidclf.models.scaling_clues.walk import UNTOUCHED, Rest, Value, constant_of


def keras_first_steps(model: Any) -> FirstSteps:
    """Find out what a `keras.Model` or `tf_keras.Model` does to its input before its first weights.

    The graph tells more than the layers do: arithmetic between layers, layers within layers, and
    Python code are all operations there.
    """
    import tensorflow as tf

    spec = tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype)
    forward = tf.function(
        lambda batch: model(batch, training=False), input_signature=[spec], autograph=False
    )
    try:
        graph = forward.get_concrete_function().graph
    except Exception as exc:  # layers raise whatever they raise
        return FirstSteps(obstacle=f"what cannot be traced ({type(exc).__name__})")
    given = {graph.inputs[0].op.name: UNTOUCHED, **_captured(graph)}
    outputs = [tensor.name for tensor in graph.outputs]
    return tensorflow_first_steps(graph.as_graph_def(), given=given, outputs=outputs)


def _captured(graph: Any) -> Mapping[str, Value]:
    """Return the values that a graph takes from outside: weights, and constants such as a mean."""
    values: dict[str, Value] = {}
    for outside, placeholder in graph.captures:
        is_weight = outside.dtype.name == "resource" or not hasattr(outside, "numpy")
        value = Rest.LEARNED if is_weight else constant_of(outside.numpy())
        values[placeholder.op.name] = value
    return values
