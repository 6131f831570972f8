"""Refuse a graph that would fill the machine: a few bytes can ask for a constant of any size."""

from __future__ import annotations

from typing import Any

from vidclf.models.sizes import check_numbers


def check_sizes(graph: Any, name: str) -> None:
    """Refuse a graph one of whose operations gives more numbers than memory should hold.

    OpenVINO has worked out every shape that it can while reading; lengths that it leaves open
    count as 1, and a batch that is fixed does not count.

    Args:
        graph: an `openvino.Model`.
        name: what to call it in errors.

    Raises:
        ModelError: it has such an operation.
    """
    batch = _length(graph.input(0).get_partial_shape()[0]) if _has_batch(graph) else 1
    for operation in graph.get_ops():
        for output in operation.outputs():
            numbers = _numbers(output.get_partial_shape())
            check_numbers(
                numbers // max(1, batch),
                where=f"the operation {operation.get_friendly_name()!r}",
                name=name,
            )


def is_free(graph: Any) -> bool:
    """Return whether a graph leaves more of its input's shape open than the batch."""
    shape = graph.input(0).get_partial_shape()
    return bool(shape.rank.is_dynamic) or any(length.is_dynamic for length in list(shape)[1:])


def _has_batch(graph: Any) -> bool:
    rank = graph.input(0).get_partial_shape().rank
    return bool(rank.is_static and rank.get_length() > 0)


def _numbers(shape: Any) -> int:
    if shape.rank.is_dynamic:
        return 1
    numbers = 1
    for length in shape:
        numbers *= _length(length)
    return numbers


def _length(length: Any) -> int:
    return 1 if length.is_dynamic else int(length.get_length())
