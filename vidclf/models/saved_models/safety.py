"""Find what a SavedModel would do beside computing, before TensorFlow loads it.

A SavedModel is a program: its graph may read and write files, call Python or reach the network,
and TensorFlow runs parts of it while loading. An operation passes if TensorFlow's own registry
says that it has no side effects, but for a few that lie, or if it is one of a short list that only
touches the model's own variables, tables and random numbers. Saving and restoring the variables
passes where only the saver reaches it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_HARMLESS_WITH_STATE = re.compile(
    r"VarHandleOp|ReadVariableOp|Assign(Add|Sub)?VariableOp|VarIsInitializedOp|DisableCopyOnRead|"
    r"VariableShape|Variable(V2)?|TemporaryVariable|DestroyResourceOp|ResourceGather(Nd)?|"
    r"ResourceScatter\w+|Resource(Sparse)?Apply\w+|ResourceStridedSliceAssign|"
    r"StatefulPartitionedCall|IteratorGetNext|If|While|Case|Assert|Print|PrintV2|CheckNumerics(V2)?|GuaranteeConst|"
    r"TensorArray\w*|Stack\w*|CudnnRNN\w*|DeviceIndex|Empty|IsTensorFloat32Enabled|Timestamp|"
    r"RandomUniform(Int)?|RandomStandardNormal|TruncatedNormal|ParameterizedTruncatedNormal|"
    r"RandomShuffle|RandomCrop|RandomGamma|RandomPoisson(V2)?|Multinomial|Stateful(Random|Standard|Truncated|"
    r"Uniform)\w+|StatelessRandomGetAlg|RngReadAndSkip|RngSkip|NonDeterministicInts|"
    r"SampleDistortedBoundingBox(V2)?|(Anonymous)?(Mutable)?(Dense)?HashTable(OfTensors)?(V2)?|"
    r"InitializeTable(V2)?|LookupTable(Export|Find|Import|Insert|Remove|Size)V2"
)
"""Of the operations with side effects, those that stay within the model. `IteratorGetNext` stands
in functions that `Normalization.adapt` leaves behind in files of Keras 2: what it reads from is
made by operations that are refused, so there is nothing to read."""
_HARMFUL_WITHOUT_STATE = re.compile(
    r"ReadFile|MatchingFiles|InitializeTableFromTextFile|GenerateVocabRemapping|ImmutableConst|"
    r"(De|En)code?Proto(V2)?|PyFuncStateless|Copy|CopyHost|Debug\w+|MlirPassthroughOp|Abort|"
    r"XlaCustomCall\w*|\w*Dataset\w*"
)
"""Of those that the registry calls pure, the ones that read or write files or run code."""
_LOG_STREAMS = re.compile(r"stdout|stderr|log\((info|warning|error)\)")
_NodeKey = tuple[str, str]
"""The name of a node's function, "" outside of all, and its own name."""
_NodeUse = tuple[str, str, str]
"""The same and the node's operation, as names need not be distinct in a file that means harm."""
_SAVING = re.compile(r"Save(V2|Slices)?|MergeV2Checkpoints")
_RESTORING = re.compile(r"Restore(V2|Slice)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """Describes an operation that does more than compute."""

    operation: str
    """Its type, such as `WriteFile`."""
    effect: str
    """What it could do, in words."""


def find_danger(saved_model: Any) -> Danger | None:
    """Find the first dangerous operation of a parsed `saved_model.pb`; None where there is none."""
    for meta_graph in saved_model.meta_graphs:
        if danger := _Program(meta_graph).find_danger():
            return danger
    return None


class _Program:
    """Holds a meta graph's nodes and functions, and finds which of them run."""

    def __init__(self, meta_graph: Any) -> None:
        graph = meta_graph.graph_def
        self._meta_graph = meta_graph
        self._bodies = [("", graph.node)]
        functions = graph.library.function
        self._bodies += [(each.signature.name, each.node_def) for each in functions]
        self._nodes: dict[str, dict[str, Any]] = {
            function: {node.name: node for node in body} for function, body in self._bodies
        }
        gradients = graph.library.gradient
        self._gradients = {each.function_name: each.gradient_func for each in gradients}
        self._exchangeable = {
            each.signature.name for each in functions if "api_implements" in each.attr
        }

    def find_danger(self) -> Danger | None:
        """Find the first operation that does more than compute, but for the saver's own."""
        saver_nodes = self._saver_nodes()
        for function, body in self._bodies:
            for node in body:
                effect = _effect(node, is_function=node.op in self._nodes)
                if effect and (function, node.name, node.op) not in saver_nodes:
                    return Danger(operation=node.op, effect=effect)
        return None

    def _saver_nodes(self) -> set[_NodeUse]:
        """Find the nodes that save or restore, where loading and running cannot reach them.

        TensorFlow runs the saver's restoring end while loading a SavedModel of TensorFlow 1, so
        what restores may be reached from there.
        """
        run = self._reachable(self._run_nodes(), self._run_functions())
        loading = self._reachable([self._meta_graph.saver_def.restore_op_name], [])
        return {
            (function, node.name, node.op)
            for function, body in self._bodies
            for node in body
            if function not in self._exchangeable
            and (function, node.name) not in run
            and (
                _RESTORING.fullmatch(node.op)
                or (_SAVING.fullmatch(node.op) and (function, node.name) not in loading)
            )
        }

    def _run_nodes(self) -> Iterator[str]:
        """Give the names of the nodes that a signature or the loader runs."""
        for signature in self._meta_graph.signature_def.values():
            for end in [*signature.outputs.values(), *signature.inputs.values()]:
                yield end.name
        for collection in self._meta_graph.collection_def.values():
            yield from collection.node_list.value  # saved_model_main_op, legacy_init_op, …
            yield from map(_initializer, collection.bytes_list.value)

    def _run_functions(self) -> Iterator[str]:
        """Give the names of the functions that the loader gives to Python."""
        objects = self._meta_graph.object_graph_def
        yield from objects.concrete_functions
        for node in objects.nodes:
            yield from node.function.concrete_functions
            yield node.bare_concrete_function.concrete_function_name

    def _reachable(self, tensors: Iterable[str], functions: Iterable[str]) -> set[_NodeKey]:
        """Find every node that runs for the named tensors, or in the named functions."""
        stack = [("", _node_name(tensor)) for tensor in tensors]
        for function in functions:
            stack += self._body(function)
        reached: set[_NodeKey] = set()
        while stack:
            key = stack.pop()
            function, name = key
            if key in reached or name not in self._nodes[function]:
                continue
            reached.add(key)
            node = self._nodes[function][name]
            stack += [(function, _node_name(tensor)) for tensor in node.input]
            for callee in _callees(node):
                stack += self._body(callee)
                stack += self._body(self._gradients.get(callee, ""))
        return reached

    def _body(self, function: str) -> list[_NodeKey]:
        return [(function, name) for name in self._nodes.get(function, ()) if function]


def _effect(node: Any, *, is_function: bool) -> str | None:
    """Say what an operation could do beside computing; None where it only computes."""
    from tensorflow.python.framework import op_def_registry

    name, definition = node.op, op_def_registry.get(node.op)
    if name == "PrintV2" and _prints_elsewhere(node):
        return "could change files of yours"
    if definition is None:
        return (
            None if is_function else "is not one of TensorFlow's own, so nothing tells what it does"
        )
    if _HARMFUL_WITHOUT_STATE.fullmatch(name):
        return "could read files of yours, or run other programs' code"
    if definition.is_stateful and not _HARMLESS_WITH_STATE.fullmatch(name):
        return _stateful_effect(name)
    return None


def _prints_elsewhere(node: Any) -> bool:
    """Return whether it prints to a file, or to what its caller names."""
    if "output_stream" not in node.attr:
        return False
    stream = node.attr["output_stream"].s.decode("utf-8", "replace")
    return not _LOG_STREAMS.fullmatch(stream)


def _stateful_effect(name: str) -> str:
    if re.search(r"Write|Save|Merge|Dump|Summary", name):
        return "could change files of yours"
    if re.search(r"Py|Call|Launch|Compile", name):
        return "could run code of its own"
    return "could reach files, other programs or the network"


def _initializer(variable: bytes) -> str:
    """Name the node that initialises a collection's variable: the loader runs it for local ones."""
    from tensorflow.core.framework import variable_pb2

    try:
        return str(variable_pb2.VariableDef.FromString(variable).initializer_name)
    except Exception:  # protobuf's own, for what is no variable
        return ""


def _callees(node: Any) -> Iterator[str]:
    """Give the names of the functions that a node may call."""
    yield node.op
    for attribute in node.attr.values():
        yield attribute.func.name
        yield from (function.name for function in attribute.list.func)


def _node_name(tensor: str) -> str:
    """Cut a tensor's name down to its node's: `^scope/name:0` → `scope/name`."""
    return tensor.removeprefix("^").split(":")[0]
