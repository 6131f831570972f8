"""Find out whether a network's answers are random, or depend on what else is in a batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Call = Callable[[NDArray[Any]], Any]
_FREE_SIDE = 64
_LARGEST_INPUTS = (1, 255)
"""The scaling that a network expects need not be known: it is tried on both ranges."""
_MOST_ROUNDING = 1e-2
"""How far answers to one picture may be apart by rounding, as a share of the largest number."""
_MOST_SUM_ERROR = 1e-3
_RANDOM = re.compile(r"(Stateless|Stateful)?(Random|TruncatedNormal|Multinomial|Parameterized)\w*")
_REDUCTIONS = frozenset({"All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum"})
_BATCH_AXES = frozenset({0, -4, -5})
"""Where the batch stands among the axes of pictures and clips."""


def answers_vary(network: Call, graph_def: Any, taken: Any) -> tuple[bool, bool]:
    """Try a network out, where its graph gives reason to.

    Args:
        network: (N, …) → (N, units).
        graph_def: its `GraphDef`, with its library of functions.
        taken: its input, with `shape` and `dtype`.

    Returns:
        Whether it answers otherwise each time, and whether its answer to a picture changes with the
        others of a batch. The latter is so with a `BatchNormalization` that is called for training,
        or code that divides by the largest number of all.
    """
    if taken.shape[0] is not None or not _is_doubtful(graph_def):
        return False, False
    try:
        inputs = _pictures(taken.shape[1:], _dtype_name(taken))
        trials = [_try(network, pictures) for pictures in inputs]
    except Exception:  # what cannot be computed on this computer is told when it is run
        return False, False
    is_random = any(random for random, _ in trials)
    return is_random, not is_random and any(mixed for _, mixed in trials)


def gives_distributions(network: Call | None, taken: Any) -> bool:
    """Return whether all answers of a network are probabilities that sum to one, as far as tried.

    Args:
        network: (N, …) → (N, units); None where there is none to try.
        taken: its input, with `shape` and `dtype`.
    """
    if network is None:
        return False
    batch = taken.shape[0] or 1
    try:
        answers = [
            np.asarray(network(np.repeat(pictures[[place]], batch, axis=0)), np.float64)
            for pictures in _pictures(taken.shape[1:], _dtype_name(taken))
            for place in (0, 1)
        ]
    except Exception:  # as above
        return False
    rows = np.concatenate([each.reshape(len(each), -1) for each in answers])
    sums_to_one = np.abs(rows.sum(axis=1) - 1).max() < _MOST_SUM_ERROR
    return bool(rows.shape[1] > 1 and rows.min() >= 0 and sums_to_one)


def _dtype_name(taken: Any) -> str:
    return str(getattr(taken.dtype, "name", taken.dtype))


def _try(network: Call, pictures: NDArray[Any]) -> tuple[bool, bool]:
    """Ask for each of two pictures alone, for the first one again, and for both together."""
    first, again, second = (np.asarray(network(pictures[[place]])) for place in (0, 0, 1))
    together = np.asarray(network(pictures))
    return _differ(first, again), _differ(together, np.concatenate([first, second]))


def _pictures(sides: Sequence[int | None], dtype: str) -> list[NDArray[Any]]:
    """Make a noisy and a dark, striped input, on each range."""
    lengths = [side or _FREE_SIDE for side in sides]
    noise = np.random.default_rng(0).uniform(0, 1, lengths)
    stripes = np.broadcast_to(np.linspace(0, 0.3, lengths[-2])[:, None], lengths)
    both = np.stack([noise, stripes])
    return [(both * largest).astype(dtype) for largest in _LARGEST_INPUTS]


def _differ(one: NDArray[Any], other: NDArray[Any]) -> bool:
    largest = max(float(np.abs(one).max(initial=0)), 1e-6)
    return bool(np.abs(one - other).max(initial=0) > _MOST_ROUNDING * largest)


def _is_doubtful(graph_def: Any) -> bool:
    """Return whether a graph holds an operation that makes answers random or mixes a batch."""
    bodies = [graph_def.node, *(each.node_def for each in graph_def.library.function)]
    return any(_is_doubtful_operation(node, body) for body in bodies for node in body)


def _is_doubtful_operation(node: Any, body: Any) -> bool:
    if node.op.startswith("FusedBatchNorm"):
        return bool(node.attr["is_training"].b)
    if node.op in _REDUCTIONS:
        return not _BATCH_AXES.isdisjoint(_axes(node, body))
    return _RANDOM.fullmatch(node.op) is not None


def _axes(node: Any, body: Any) -> Sequence[int]:
    """Return the axes of a reduction; the batch's where they are not constant."""
    from tensorflow import make_ndarray

    name = node.input[1].split(":")[0]
    source = next((each for each in body if each.name == name), None)
    if source is None or source.op != "Const":
        return (0,)
    return [int(axis) for axis in make_ndarray(source.attr["value"].tensor).reshape(-1)]
