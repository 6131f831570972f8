"""What a Keras model computes, whatever form its one output has."""

from __future__ import annotations

from typing import Any


def forward_pass(model: Any, batch: Any) -> Any:
    """Compute (N, units) outputs of a Keras model from (N, …) inputs, as no training does.

    A model gives what it was built with: `keras.Model(inputs, {"cls": scores})` a dict of its one
    output.
    """
    import tensorflow as tf

    [outputs] = tf.nest.flatten(model(batch, training=False))
    return outputs
