"""From any number of inputs to the batches that a network takes, and back to one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.errors import ModelError

Array = NDArray[Any]


def compute(
    network: Callable[[list[Array]], list[Array]], inputs: Array, *, fixed_batch: int | None
) -> NDArray[np.float32]:
    """(N, …) inputs through a network → (N, units) float32 outputs, in an array of their own.

    For a network that takes batches of one length only, the last one is filled up with copies of
    its last input, whose outputs are dropped.

    Args:
        network: gives the outputs of several batches, one for each.
        inputs: what it takes.
        fixed_batch: the only length of a batch that it takes; None for any.

    Raises:
        ModelError: the network mixes the inputs of a batch, or drops some.
    """
    length = fixed_batch or len(inputs)
    batches = [_filled(inputs[i : i + length], length) for i in range(0, len(inputs), length)]
    parts = [_rows(outputs, length) for outputs in network(batches)]
    return np.concatenate(parts)[: len(inputs)]


def _filled(batch: Array, length: int) -> Array:
    missing = length - len(batch)
    return batch if not missing else np.concatenate([batch, *[batch[-1:]] * missing])


def _rows(outputs: Array, count: int) -> NDArray[np.float32]:
    """(N, C), (N, C, 1, 1), (N,), or (C,) for N = 1, of any float → (N, C) float32, copied."""
    if count > 1 and len(outputs) != count:
        raise ModelError(
            f"the model gave {len(outputs)} answers for {count} inputs at once: --batch-size 1 "
            "gives it one at a time"
        )
    return np.array(outputs, np.float32).reshape(count, -1)
