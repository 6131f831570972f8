"""Find out what a TensorFlow graph does to its input before its first weights."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vidclf.models.scaling_clues.conclusion import FirstSteps
from vidclf.models.scaling_clues.tensorflow_operations import (
    COMPUTE,
    ROLES,
    SAME_NUMBERS,
    VARIABLES,
)
from vidclf.models.scaling_clues.walk import (
    CHANNELS,
    Constant,
    Picture,
    Rest,
    Value,
    Walk,
    constant_of,
)

_MOST_OPERATIONS = 500_000
"""How many operations are looked at: a file may call functions that call functions."""
_MOST_CALLS_DEEP = 50
Values = tuple[Value, ...]


def tensorflow_first_steps(
    graph_def: Any, *, given: Mapping[str, Value], outputs: Sequence[str]
) -> FirstSteps:
    """Walk through a graph from its input to the first weights.

    Args:
        graph_def: a `GraphDef`, with its library of functions.
        given: values of nodes by their names: `UNTOUCHED` for the input, and what is known of
            other placeholders.
        outputs: the tensors to be computed, such as `scores:0`.
    """
    program = _Program(graph_def)
    for value in program.values_of(graph_def.node, given=given, wanted=outputs):
        program.walk.end_at(value)
    return program.walk.first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A node of a graph or function, with its inputs taken apart."""

    proto: Any
    """The `NodeDef`."""
    inputs: tuple[tuple[str, int], ...]
    """Name of the node, or of the function's argument, and which of its outputs."""


class _Program:
    """A graph with its functions, and the walk through them."""

    def __init__(self, graph_def: Any) -> None:
        self.walk = Walk()
        self._functions = {each.signature.name: each for each in graph_def.library.function}
        self._operations_left = _MOST_OPERATIONS
        self._depth = 0

    def values_of(
        self, protos: Iterable[Any], *, given: Mapping[str, Value], wanted: Iterable[str]
    ) -> Values:
        """Return the values of the wanted tensors of a graph or of a function's body."""
        nodes = {
            proto.name: _Node(proto=proto, inputs=tuple(map(_tensor, _data_inputs(proto))))
            for proto in protos
            if proto.name not in given
        }
        ends = [_tensor(name) for name in wanted]
        known: dict[str, Values] = {name: (value,) for name, value in given.items()}
        needed = _needed(nodes, [name for name, _ in ends])
        for name in _in_order(nodes, needed):
            inputs = tuple(_output(known, *tensor) for tensor in nodes[name].inputs)
            known[name] = self._results(nodes[name].proto, inputs)
        if not needed <= known.keys():  # as TensorFlow 1 wrote loops
            self.walk.meet_obstacle("a loop")
        return tuple(_output(known, *tensor) for tensor in ends)

    def _results(self, proto: Any, inputs: Values) -> Values:
        """Return what a node gives; one value where all its outputs are alike."""
        self._operations_left -= 1
        if self._operations_left < 0 or self._depth > _MOST_CALLS_DEEP:
            return self._give_up(proto, inputs)
        if called := self._called(proto):
            taken = inputs[len(inputs) - self._argument_count(called[0]) :]
            results = _merged([self._call(function, taken) for function in called])
            if proto.op in _LOOPS and _changes_picture(taken, results):
                return self._give_up(proto, inputs)
            return results
        return (self._result(proto, inputs),)

    def _give_up(self, proto: Any, inputs: Values) -> Values:
        return (self.walk.result_of(None, inputs, _shown(proto.name)),)

    def _called(self, proto: Any) -> list[str]:
        """Return the functions that a node calls: one, or one for each branch."""
        if proto.op in self._functions:
            return [proto.op]
        names = [proto.attr[key].func.name for key in _CALLED.get(proto.op, ())]
        if proto.op in _CASES:
            names = [each.name for each in proto.attr["branches"].list.func]
        return [name for name in names if name in self._functions]

    def _argument_count(self, function: str) -> int:
        return len(self._functions[function].signature.input_arg)

    def _call(self, name: str, inputs: Values) -> Values:
        function = self._functions[name]
        arguments = [argument.name for argument in function.signature.input_arg]
        given = dict(zip(arguments, inputs, strict=False))
        wanted = [function.ret[output.name] for output in function.signature.output_arg]
        self._depth += 1
        try:
            return self.values_of(function.node_def, given=given, wanted=wanted)
        finally:
            self._depth -= 1

    def _result(self, proto: Any, inputs: Values) -> Value:
        if proto.op == "Const":
            return _constant(proto)
        if proto.op in VARIABLES:
            return Rest.LEARNED
        if inputs and all(map(_is_constant, inputs)):
            return _computed(proto.op, inputs)
        return self.walk.result_of(ROLES.get(proto.op), inputs, _shown(proto.name))


_CALLED = {
    "PartitionedCall": ("f",),
    "StatefulPartitionedCall": ("f",),
    "If": ("then_branch", "else_branch"),
    "StatelessIf": ("then_branch", "else_branch"),
    "While": ("body",),
    "StatelessWhile": ("body",),
}
"""The attributes that name the functions which an operation calls."""
_CASES = frozenset({"Case", "StatelessCase"})
_LOOPS = frozenset({"While", "StatelessWhile"})


def _constant(proto: Any) -> Value:
    """Read a `Const` whose tensor is small; large ones are never unpacked."""
    tensor = proto.attr["value"].tensor
    count = int(np.prod([side.size for side in tensor.tensor_shape.dim], dtype=np.float64))
    splat = [
        *tensor.float_val, *tensor.int_val, *tensor.double_val, *tensor.int64_val, *tensor.half_val,
    ]  # fmt: skip
    if count > CHANNELS and (len(splat) != 1 or tensor.half_val):
        return Rest.LARGE_CONSTANT
    if count > CHANNELS:
        return constant_of(splat)
    from tensorflow import make_ndarray

    try:
        return constant_of(make_ndarray(tensor))
    except (TypeError, ValueError):  # a text, or a tensor that does not fit its shape
        return Rest.LARGE_CONSTANT


def _is_constant(value: Value) -> bool:
    return isinstance(value, Constant) or value is Rest.LARGE_CONSTANT


def _computed(operation: str, inputs: Values) -> Value:
    """Return the constant that follows from constants."""
    if operation in SAME_NUMBERS:
        return inputs[0]
    constants = [np.array(each.numbers) for each in inputs if isinstance(each, Constant)]
    compute = COMPUTE.get(operation)
    if compute is None or len(constants) < len(inputs):
        return Rest.LARGE_CONSTANT
    with np.errstate(all="ignore"):
        try:
            return constant_of(compute(*constants))
        except (TypeError, ValueError):  # of lengths that do not fit: no scaling of pictures
            return Rest.LARGE_CONSTANT


def _changes_picture(taken: Values, results: Values) -> bool:
    """Return whether a loop scales a picture that it goes round with: how often is not known."""
    pairs = zip(taken, results, strict=False)
    return any(isinstance(before, Picture) and after != before for before, after in pairs)


def _merged(branches: Sequence[Values]) -> Values:
    """Return the values of a node that computes one of several branches."""
    return tuple(_either(values) for values in zip(*branches, strict=False))


def _either(values: Sequence[Value]) -> Value:
    pictures = [each for each in values if isinstance(each, Picture)]
    if pictures:
        return Picture(scalings=frozenset().union(*(each.scalings for each in pictures)))
    return values[0] if len(set(values)) == 1 else Rest.OTHER


def _in_order(nodes: Mapping[str, _Node], needed: set[str]) -> Iterator[str]:
    """Give the names of the needed nodes, each after its inputs; none of those in a circle."""
    waits = {name: {source for source, _ in nodes[name].inputs} & needed for name in needed}
    feeds: dict[str, list[str]] = {name: [] for name in needed}
    for name, sources in waits.items():
        for source in sources:
            feeds[source].append(name)
    ready = deque(name for name, sources in waits.items() if not sources)
    while ready:
        name = ready.popleft()
        yield name
        for consumer in feeds[name]:
            waits[consumer].discard(name)
            if not waits[consumer]:
                ready.append(consumer)


def _needed(nodes: Mapping[str, _Node], ends: Iterable[str]) -> set[str]:
    needed: set[str] = set()
    stack = [name for name in ends if name in nodes]
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack += [source for source, _ in nodes[name].inputs if source in nodes]
    return needed


def _data_inputs(proto: Any) -> list[str]:
    return [name for name in proto.input if not name.startswith("^")]


def _tensor(name: str) -> tuple[str, int]:
    """Take a tensor's name apart: `call:1`, or `call:output:1` within functions → `call`, 1."""
    node, *_, place = [*name.split(":"), "0"] if ":" not in name else name.split(":")
    return node, int(place) if place.isdecimal() else 0


def _output(known: Mapping[str, Values], name: str, place: int) -> Value:
    values = known.get(name, (Rest.OTHER,))
    return values[place] if place < len(values) else values[0] if len(values) == 1 else Rest.OTHER


def _shown(name: str) -> str:
    """Cut a node's name down to its layer and itself: `model/rescaling/mul` → `rescaling/mul`."""
    return "/".join(name.split("/")[-2:])
