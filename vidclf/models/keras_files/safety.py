"""What in a saved description carries code, or reaches outside its file.

Keras builds a model by looking up what its description names. Keras 2 looks everywhere: it imports
any module, calls any function of TensorFlow, and runs bytecode out of an HDF5 file unasked; Keras 3
had holes of that kind, too (CVE-2025-1550, -8747, -9905, -9906, -12058, CVE-2026-1669). So each
object of a description is held against the names in `known` before either library sees the file.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from vidclf.core.native_stderr import native_stderr_muted
from vidclf.models.keras_files.allowed_names import (
    CLASSES,
    FUNCTIONS,
    GRAPH_OPS,
    REGISTERED,
    is_plain_tf_function,
)

FindingKind = Literal["code", "outside", "newer", "own"]
_WORST_FIRST: tuple[FindingKind, ...] = get_args(FindingKind)
_IF_TRUSTED = "if you trust who made it, --allow-unsafe-model loads it"
_REMEDY = "replace it by built-in layers and save the model again"

_CODE = {
    "Lambda": "Python code of its own",
    "__lambda__": "Python code of its own",
    "TorchModuleWrapper": "a pickled PyTorch module",
    "JaxLayer": "a Python function of JAX",
    "FlaxLayer": "a Python object of Flax",
}
_OUTSIDE = {
    "TFSMLayer": "another model's folder",
    "DenseFeatures": "feature columns, which may read files",
    "SequenceFeatures": "feature columns, which may read files",
    "InstanceMethod": "a method by name",
    "InstanceProperty": "an attribute by name",
    "ClassMethod": "a method by name",
    "CompositeTensor": "a type by name",
    "TypeSpec": "a type by name",
    "__typespec__": "a type by name",
}
_MODULES = re.compile(r"(tf_)?keras(\.|$)|tensorflow\.python\.ops\.init_ops(_v2)?$")
"""Where built-in objects are from; EfficientNetV2 of Keras 2 takes an initializer of TensorFlow."""
_LOOKUPS = frozenset({"StringLookup", "IntegerLookup", "TextVectorization"})
_FOREIGN_LIBRARIES = frozenset({"tensorflow", "numpy", "torch", "jax", "h5py", "absl", "google"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One object of a description that is no plain built-in."""

    kind: FindingKind
    """`code` would be run, `outside` reads or calls what is not in the file, `newer` seems to be
    Keras' but is not in `known`, `own` is somebody's code that is not in the file."""
    layer: str
    """The name of the layer it belongs to."""
    class_name: str
    """What it is, as the file says."""
    what: str
    """What it holds or asks for, in words."""


def findings(description: Any) -> list[Finding]:
    """All that is not plainly built in, the most dangerous first.

    Args:
        description: a parsed `config.json` or `model_config`.
    """
    found = [finding for part, layer in _parts(description) for finding in _judge(part, layer)]
    return sorted(found, key=lambda finding: _WORST_FIRST.index(finding.kind))


def refusal(path: Path, finding: Finding, saved_by: str | None) -> str:
    """Why a file with such an object is not loaded, and what its user can do."""
    where = f"the layer {finding.layer!r} ({finding.class_name})"
    if finding.kind == "code":
        return (
            f"{path} carries {finding.what} in {where}, which would be run: {_IF_TRUSTED}; "
            f"otherwise {_REMEDY}"
        )
    if finding.kind == "outside":
        return (
            f"{path} reaches out of its file: {where} asks for {finding.what}, which is no plain "
            f"calculation: {_IF_TRUSTED}; otherwise {_REMEDY}"
        )
    if finding.kind == "newer":
        return (
            f"{path} needs {finding.what}, which vidclf does not know (saved by Keras "
            f"{saved_by or 'of unknown version'}): upgrade vidclf and Keras, or {_IF_TRUSTED} "
            "where Keras knows it"
        )
    return own_code(path, finding, saved_by)


def own_code(path: Path, finding: Finding, saved_by: str | None) -> str:
    """That a file needs Python code which is not in it, and what its user can do."""
    operation = ""
    if path.suffix in (".h5", ".hdf5") and (saved_by or "2")[0] != "2":
        operation = " (if it is an operation of keras.ops, saving as .keras will do)"
    return (
        f"{path} has a part of its own, {finding.what} in the layer {finding.layer!r}, and vidclf "
        f"cannot load code that it does not have: save the model with built-in layers{operation}, "
        "or what it computes with model.export('folder')"
    )


def _parts(description: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object within nested lists and dicts, with the name of the layer around it."""
    waiting: list[tuple[Any, str]] = [(description, "")]
    while waiting:
        part, layer = waiting.pop()
        if isinstance(part, dict):
            if "class_name" in part:
                inner = part.get("config")
                named = inner if isinstance(inner, dict) and "name" in inner else part
                layer = str(named.get("name", layer))
            yield part, layer
            waiting += [(value, layer) for value in reversed(part.values())]
        elif isinstance(part, list):
            waiting += [(value, layer) for value in reversed(part)]


def _judge(part: dict[str, Any], layer: str) -> Iterator[Finding]:
    if "class_name" not in part:
        if is_lost_lambda(part):
            yield Finding(kind="own", layer=layer, class_name="lambda", what="a Python lambda")
        return
    name = str(part["class_name"])
    verdict = _verdict(part, name)
    if verdict is not None:
        kind, what = verdict
        yield Finding(kind=kind, layer=layer or name, class_name=name, what=what)


def is_lost_lambda(part: dict[str, Any]) -> bool:
    """Whether this is how Keras saves a lambda that is no layer: it cannot be read back."""
    value = part.get("value")
    is_code = isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)
    return set(part) == {"value"} and is_code


def _verdict(part: dict[str, Any], name: str) -> tuple[FindingKind, str] | None:
    config = part.get("config")
    config = config if isinstance(config, dict) else {}
    if name == "Lambda" and (function := _name_of_function(config.get("function"))):
        return "own", f"the function {function!r}"
    if name in _CODE:
        return "code", _CODE[name]
    if name in _OUTSIDE:
        return "outside", _OUTSIDE[name]
    if name == "function":
        return _function_verdict(part)
    return _foreign_module(part) or _class_verdict(part, name) or _call_verdict(name, config)


def _name_of_function(function: Any) -> str | None:
    """What a `Lambda` calls where its name was saved, and not its bytecode."""
    if isinstance(function, dict) and function.get("class_name") == "function":
        function = function.get("config")
    return function if isinstance(function, str) else None


def _function_verdict(part: dict[str, Any]) -> tuple[FindingKind, str] | None:
    name, registered = str(part.get("config")), part.get("registered_name")
    is_known = name in FUNCTIONS and registered in (None, "function", name)
    if foreign := _foreign_module(part):
        return foreign
    if is_known:
        return None
    for asked in (name, str(registered)):
        if hasattr(builtins, asked) or _in_keras(part.get("module")):
            return "outside", f"the function {part.get('module')}.{asked}"
    return "own", f"the function {name!r}"


def _foreign_module(part: dict[str, Any]) -> tuple[FindingKind, str] | None:
    """What is to be said of an object whose module is not one of Keras."""
    module = part.get("module")
    if module in (None, "builtins") or _in_keras(module):
        return None
    name = part.get("config") if part["class_name"] == "function" else part["class_name"]
    root = str(module).partition(".")[0]
    if root == "__main__" or not _is_library(root):
        return "own", f"{name!r} of the module {module}"
    return "outside", f"{module}.{name}"


def _is_library(root: str) -> bool:
    return root in sys.stdlib_module_names or root in _FOREIGN_LIBRARIES


def _in_keras(module: Any) -> bool:
    return isinstance(module, str) and _MODULES.match(module) is not None


def _call_verdict(name: str, config: dict[str, Any]) -> tuple[FindingKind, str] | None:
    """What is to be said of a built-in layer that calls, or reads, what its config says."""
    if name in ("TFOpLambda", "SlicingOpLambda"):
        function = str(config.get("function"))
        return None if is_plain_tf_function(function) else ("outside", f"tf.{function}")
    if name == "TensorFlowOpLayer":
        return _graph_op_verdict(config.get("node_def"))
    return _lookup_verdict(config) if name in _LOOKUPS else None


def _graph_op_verdict(node_def: Any) -> tuple[FindingKind, str] | None:
    op = node_def.get("op") if isinstance(node_def, dict) else _op_in_bytes(str(node_def))
    return None if op in GRAPH_OPS else ("outside", f"the operation {op}")


def _op_in_bytes(node_def: str) -> str:
    """The operation in a serialised node, as files of TensorFlow 2.0 hold it.

    TensorFlow reads it, so that this sees what Keras 2 will see.
    """
    with native_stderr_muted():
        import tensorflow as tf
    try:
        return str(tf.compat.v1.NodeDef.FromString(node_def.encode()).op)
    except Exception:  # the reader's own kinds of errors
        return "that cannot be read"


def _lookup_verdict(config: dict[str, Any]) -> tuple[FindingKind, str] | None:
    for key in ("vocabulary", "idf_weights"):
        if isinstance(config.get(key), str):
            return "outside", f"the file {config[key]!r} as its {key}"
    return None


def _class_verdict(part: dict[str, Any], name: str) -> tuple[FindingKind, str] | None:
    registered, module = part.get("registered_name"), part.get("module")
    if registered not in (None, name, *REGISTERED):  # Keras 2 would look it up in the module
        outside = _in_keras(module) and ">" not in str(registered)
        what = f"{module}.{registered}" if outside else repr(str(registered))
        return ("outside" if outside else "own"), what
    if name in CLASSES:
        return None
    if str(module).startswith("keras.src.ops.") and re.fullmatch(r"[A-Z]\w*", name):
        return None  # Keras 3 takes nothing but its own operations from there; Keras 2 has no such
    if _in_keras(module) and not re.fullmatch(r"[A-Z]\w*", name):
        return "outside", f"{module}.{name}"
    return ("newer", f"{module}.{name}") if _in_keras(module) else ("own", repr(name))
