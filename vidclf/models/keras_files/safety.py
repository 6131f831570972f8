"""Find the parts of a Keras file that carry code, or reach outside the file.

Keras builds a model by looking up what its description names. Keras 2 looks everywhere: it imports
any module, calls any function of TensorFlow, and runs bytecode out of an HDF5 file unasked; Keras 3
had holes of that kind, too (CVE-2025-1550, -8747, -9905, -9906, -12058, CVE-2026-1669). So each
object of a description is looked up in the allow-list before either library sees the file.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from vidclf.core.native_stderr import tensorflow_muted
from vidclf.models.keras_files.allowed_names import (
    CLASSES,
    FUNCTIONS,
    GRAPH_OPS,
    REGISTERED,
    is_plain_tf_function,
)

FindingKind = Literal["code", "outside", "newer", "custom"]
_Verdict = tuple[FindingKind, str]
"""The kind of a finding, and the part that it is about."""
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
"""Modules of built-in objects; EfficientNetV2 of Keras 2 takes an initializer of TensorFlow."""
_CELL_FUNCTIONS = frozenset({"residual_fn", "dropout_fn"})
"""Where `ResidualWrapper` and `DropoutWrapper` of Keras 2 hold a function, even as bytecode."""
_LOOKUPS = frozenset({"StringLookup", "IntegerLookup", "TextVectorization"})
_FOREIGN_LIBRARIES = frozenset({"tensorflow", "numpy", "torch", "jax", "h5py", "absl", "google"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Describes one object of a file that is not on the allow-list."""

    kind: FindingKind
    """`code` would be run, `outside` reads or calls what is not in the file, `newer` seems to be
    Keras' but is not on the list, `custom` needs Python code that is not in the file."""
    layer: str
    """The name of the layer it belongs to."""
    class_name: str
    """Its class, as the file names it."""
    part: str
    """The code it carries or the thing it asks for, in words."""


def find_unsafe_parts(description: Any) -> list[Finding]:
    """Find all objects that are not on the allow-list, the most dangerous first.

    Args:
        description: a parsed `config.json` or `model_config`.
    """
    findings = [
        found for item, layer in described_objects(description) for found in _check(item, layer)
    ]
    return sorted(findings, key=lambda finding: _WORST_FIRST.index(finding.kind))


def refusal_message(path: Path, finding: Finding, saved_by: str | None) -> str:
    """Say why a file with such an object is not loaded, and what its user can do."""
    where = f"the layer {finding.layer!r} ({finding.class_name})"
    if finding.kind == "code":
        return (
            f"{path} carries {finding.part} in {where}, which would be run: {_IF_TRUSTED}; "
            f"otherwise {_REMEDY}"
        )
    if finding.kind == "outside":
        return (
            f"{path} reaches out of its file: {where} asks for {finding.part}, which is no plain "
            f"calculation: {_IF_TRUSTED}; otherwise {_REMEDY}"
        )
    if finding.kind == "newer":
        return (
            f"{path} needs {finding.part}, which vidclf does not know (saved by Keras "
            f"{saved_by or 'of unknown version'}): upgrade vidclf and Keras, or {_IF_TRUSTED} "
            "where Keras knows it"
        )
    return custom_part_message(path, finding, saved_by)


def custom_part_message(path: Path, finding: Finding, saved_by: str | None) -> str:
    """Say that a file needs Python code which is not in it, and what its user can do."""
    operation = ""
    if path.suffix in (".h5", ".hdf5") and (saved_by or "2")[0] != "2":
        operation = " (if it is an operation of keras.ops, saving as .keras will do)"
    return (
        f"{path} has a part of its own, {finding.part} in the layer {finding.layer!r}, and vidclf "
        f"cannot load code that it does not have: save the model with built-in layers{operation}, "
        "or what it computes with model.export('folder')"
    )


def described_objects(description: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Give every object within nested lists and dicts, with the name of the layer around it."""
    stack: list[tuple[Any, str]] = [(description, "")]
    while stack:
        item, layer = stack.pop()
        if isinstance(item, dict):
            if "class_name" in item:
                config = item.get("config")
                owner = config if isinstance(config, dict) and "name" in config else item
                layer = str(owner.get("name", layer))
            yield item, layer
            stack += [(value, layer) for value in reversed(item.values())]
        elif isinstance(item, list):
            stack += [(value, layer) for value in reversed(item)]


def _check(item: dict[str, Any], layer: str) -> Iterator[Finding]:
    """Look one object up in the allow-list."""
    if "class_name" not in item:
        if _is_lost_lambda(item):
            yield Finding(kind="custom", layer=layer, class_name="lambda", part="a Python lambda")
        return
    name = str(item["class_name"])
    verdict = _verdict(item, name)
    if verdict is not None:
        kind, part = verdict
        yield Finding(kind=kind, layer=layer or name, class_name=name, part=part)


def _is_lost_lambda(item: dict[str, Any]) -> bool:
    """Return whether this is how Keras saves a lambda that is no layer: it cannot be read back.

    `{"value": [code, defaults, closure]}`. Keras 2 saves a tensor that a layer is called with in
    much the same way, as layer, node and place: `{"value": ["patches", 0, 0]}`.
    """
    value = item.get("value")
    if set(item) != {"value"} or not isinstance(value, list) or len(value) != 3:
        return False
    is_tensor = type(value[1]) is int and type(value[2]) is int
    return isinstance(value[0], str) and not is_tensor


def _verdict(item: dict[str, Any], name: str) -> _Verdict | None:
    """Say what is wrong with an object, by its class; None where it only computes."""
    config = item.get("config")
    config = config if isinstance(config, dict) else {}
    if name == "Lambda" and (function := _function_name(config.get("function"))):
        return "custom", f"the function {function!r}"
    if name in _CODE:
        return "code", _CODE[name]
    if name in _OUTSIDE:
        return "outside", _OUTSIDE[name]
    if name == "function":
        return _function_verdict(item)
    return _module_verdict(item) or _class_verdict(item, name) or _call_verdict(name, config)


def _function_name(function: Any) -> str | None:
    """Return the function that a `Lambda` calls, if its name was saved and not its bytecode."""
    if isinstance(function, dict) and function.get("class_name") == "function":
        function = function.get("config")
    return function if isinstance(function, str) else None


def _function_verdict(item: dict[str, Any]) -> _Verdict | None:
    name, registered = str(item.get("config")), item.get("registered_name")
    is_allowed = name in FUNCTIONS and registered in (None, "function", name)
    if verdict := _module_verdict(item):
        return verdict
    if is_allowed:
        return None
    for candidate in (name, str(registered)):
        if hasattr(builtins, candidate) or _in_keras(item.get("module")):
            return "outside", f"the function {item.get('module')}.{candidate}"
    return "custom", f"the function {name!r}"


def _module_verdict(item: dict[str, Any]) -> _Verdict | None:
    """Say what is wrong with an object whose module is not one of Keras."""
    module = item.get("module")
    if module in (None, "builtins") or _in_keras(module):
        return None
    name = item.get("config") if item["class_name"] == "function" else item["class_name"]
    root = str(module).partition(".")[0]
    if root == "__main__" or not _is_library(root):
        return "custom", f"{name!r} of the module {module}"
    return "outside", f"{module}.{name}"


def _is_library(root: str) -> bool:
    return root in sys.stdlib_module_names or root in _FOREIGN_LIBRARIES


def _in_keras(module: Any) -> bool:
    return isinstance(module, str) and _MODULES.match(module) is not None


def _call_verdict(name: str, config: dict[str, Any]) -> _Verdict | None:
    """Say what is wrong with a built-in layer that calls or reads what its config names."""
    if not _CELL_FUNCTIONS.isdisjoint(config):
        return "code", "a Python function of its own"
    if name in ("TFOpLambda", "SlicingOpLambda"):
        function = str(config.get("function"))
        return None if is_plain_tf_function(function) else ("outside", f"tf.{function}")
    if name == "TensorFlowOpLayer":
        return _graph_op_verdict(config.get("node_def"))
    return _lookup_verdict(config) if name in _LOOKUPS else None


def _graph_op_verdict(node_def: Any) -> _Verdict | None:
    op = node_def.get("op") if isinstance(node_def, dict) else _op_in_bytes(str(node_def))
    return None if op in GRAPH_OPS else ("outside", f"the operation {op}")


def _op_in_bytes(node_def: str) -> str:
    """Read the operation in a serialised node, as files of TensorFlow 2.0 hold it.

    TensorFlow parses it, so that this sees what Keras 2 will see.
    """
    with tensorflow_muted():
        import tensorflow as tf
    try:
        return str(tf.compat.v1.NodeDef.FromString(node_def.encode()).op)
    except Exception:  # the reader's own kinds of errors
        return "that cannot be read"


def _lookup_verdict(config: dict[str, Any]) -> _Verdict | None:
    for key in ("vocabulary", "idf_weights"):
        if isinstance(config.get(key), str):
            return "outside", f"the file {config[key]!r} as its {key}"
    return None


def _class_verdict(item: dict[str, Any], name: str) -> _Verdict | None:
    registered, module = item.get("registered_name"), item.get("module")
    if registered not in (None, name, *REGISTERED):  # Keras 2 would look it up in the module
        outside = _in_keras(module) and ">" not in str(registered)
        part = f"{module}.{registered}" if outside else repr(str(registered))
        return ("outside" if outside else "custom"), part
    if name in CLASSES:
        return None
    if str(module).startswith("keras.src.ops.") and re.fullmatch(r"[A-Z]\w*", name):
        return None  # Keras 3 takes nothing but its own operations from there; Keras 2 has no such
    if _in_keras(module) and not re.fullmatch(r"[A-Z]\w*", name):
        return "outside", f"{module}.{name}"
    return ("newer", f"{module}.{name}") if _in_keras(module) else ("custom", repr(name))
