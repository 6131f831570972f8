"""Refuse a SavedModel whose graph asks for huge tensors, before TensorFlow loads it.

A graph of a few bytes can fill any memory with one number, and TensorFlow computes what is constant
while it loads. Sizes that stand in the graph are seen here; those that it computes are not, and are
met by the limits of the process that looks at the model first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidclf.errors import ModelError
from vidclf.models.sizes import check_numbers

_MOST_REPEATED = 2**26
"""Numbers in all constants together that are one number written once; 256 MiB of float32."""
_SMALL = 64
"""A list of sizes is no longer than this."""
_MOST_STEPS = 8
"""How far sizes are followed back, over operations that put them together."""
_SIZE_INPUTS = {
    "Fill": 0, "Empty": 0, "BroadcastTo": 1, "Tile": 1, "ScatterNd": 2, "SparseToDense": 1,
    "OneHot": 1, "LinSpace": 2, "TensorListReserve": 1, "TensorArrayV3": 0, "Multinomial": 1,
    "ResizeArea": 1, "ResizeBicubic": 1, "ResizeBilinear": 1, "ResizeNearestNeighbor": 1,
    "ScaleAndTranslate": 1, "CropAndResize": 3, "Pad": 1, "PadV2": 1, "MirrorPad": 1,
    "ParameterizedTruncatedNormal": 0, "TruncatedNormal": 0,
}  # fmt: skip
"""Operation → which of its inputs says how large its output is."""
_Body = Mapping[str, Any]
"""Nodes of a graph or function by name."""


def check_tensor_sizes(parsed: Any, folder: Path) -> None:
    """Refuse a parsed `saved_model.pb` that asks for huge tensors.

    Raises:
        ModelError: it does.
    """
    repeated = 0
    for body in _bodies(parsed):
        for node in body.values():
            numbers = _asked_numbers(node, body)
            where = f"the operation {node.name!r} ({node.op})"
            check_numbers(numbers, where=where, name=str(folder))
            repeated += _repeated_numbers(node)
    if repeated > _MOST_REPEATED:
        raise ModelError(
            f"{folder} has constants of {repeated:,} numbers that it does not hold: it is damaged, "
            "or made to fill the memory; export or download it again"
        )


def _bodies(parsed: Any) -> Iterator[_Body]:
    for meta in parsed.meta_graphs:
        graph = meta.graph_def
        yield {node.name: node for node in graph.node}
        for function in graph.library.function:
            yield {node.name: node for node in function.node_def}


def _asked_numbers(node: Any, body: _Body) -> int:
    """Count the numbers that an operation gives by what its inputs say; 1 where they do not."""
    if node.op == "Range":
        return _range_length([_values(name, body) for name in node.input[:3]])
    random = "Random" in node.op and "Shuffle" not in node.op
    index = 0 if random else _SIZE_INPUTS.get(node.op)
    if index is None or index >= len(node.input):
        return 1
    return math.prod(max(1, int(size)) for size in _values(node.input[index], body) or ())


def _range_length(bounds: list[list[float] | None]) -> int:
    if len(bounds) != 3 or not all(bounds):
        return 1
    start, limit, delta = (float(values[0]) for values in bounds if values)
    return abs(int((limit - start) / delta)) if delta else 1


def _repeated_numbers(node: Any) -> int:
    """Count the numbers of a constant that holds fewer than it stands for; else 0."""
    if node.op != "Const":
        return 0
    tensor = node.attr["value"].tensor
    numbers = _declared(tensor)
    return numbers if numbers > _SMALL and numbers > tensor.ByteSize() else 0


def _declared(tensor: Any) -> int:
    return math.prod(max(0, int(side.size)) for side in tensor.tensor_shape.dim)


def _values(name: str, body: _Body, steps: int = 0) -> list[float] | None:
    """Find the numbers of a constant, or of constants that are put together; None of any other."""
    node = body.get(name.removeprefix("^").split(":")[0])
    if node is None or steps > _MOST_STEPS:
        return None
    if node.op == "Const":
        return _constant_values(node.attr["value"].tensor)
    if node.op in ("Identity", "Cast"):
        return _values(node.input[0], body, steps + 1)
    if node.op in ("Pack", "ConcatV2"):
        inputs = node.input[: node.attr["N"].i][:_SMALL]
        return [v for each in inputs for v in _values(each, body, steps + 1) or ()]
    return None


def _constant_values(tensor: Any) -> list[float] | None:
    from tensorflow import make_ndarray

    if _declared(tensor) > _SMALL:
        return None
    try:
        values = make_ndarray(tensor).ravel().tolist()
    except Exception:  # protobuf's and NumPy's own, for a damaged tensor
        return None
    return [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
