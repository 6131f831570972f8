"""From any number of inputs to the batches that a network takes, and back to one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.errors import ModelError

Array = NDArray[Any]


def compute(
    network: Callable[[Array], Array], inputs: Array, *, fixed_batch: int | None
) -> NDArray[np.float32]:
    """(N, …) inputs through a network → (N, units) float32 outputs, in an array of their own.

    For a network that takes batches of one length only, the last one is filled up with copies of
    its last input, whose outputs are dropped.

    Raises:
        ModelError: the network mixes the inputs of a batch, or drops some.
    """
    if fixed_batch is None:
        return _rows(network(inputs), len(inputs))
    starts = range(0, len(inputs), fixed_batch)
    batches = [_filled(inputs[i : i + fixed_batch], fixed_batch) for i in starts]
    parts = [_rows(network(batch), fixed_batch) for batch in batches]
    return np.concatenate(parts)[: len(inputs)]


def halves(batch: Array) -> list[Array]:
    """A batch in two parts, to be computed side by side; in one where a part would be one input.

    Networks are computed by other kernels for one input than for several, so the last digits would
    depend on how a clip falls into batches. Nothing here depends on the machine.
    """
    middle = len(batch) // 2
    return [batch] if middle < 2 else [batch[:middle], batch[middle:]]


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
