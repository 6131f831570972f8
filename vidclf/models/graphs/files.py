"""Open files that OpenVINO runs as they are: ONNX, TFLite, and its own `.xml` with `.bin`."""

from __future__ import annotations

import hashlib
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from vidclf.core.native_stderr import native_stderr_muted
from vidclf.core.openvino_import import openvino_core
from vidclf.errors import ModelError
from vidclf.models.graphs.quantisation import RealGraph, with_real_numbers
from vidclf.models.model_file import whole_digest

GRAPH_SUFFIXES = (".onnx", ".tflite", ".xml")
_KINDS = {".onnx": "an ONNX model", ".tflite": "a TFLite model", ".xml": "an OpenVINO model"}
_UNKNOWN_OPERATIONS = re.compile(
    r"No conversion rule found for operations: (.*\S)|No translator found for (\w+) node"
)


def graph_digest(path: Path) -> str:
    """Compute the SHA-256 of a file, and of the `.bin` that belongs to an `.xml`, hexadecimal.

    Raises:
        ModelError: one of them is not there.
    """
    _check_there(path)
    is_pair = path.suffix.lower() == ".xml"
    digests = [whole_digest(part) for part in (path, path.with_suffix(".bin"))[: 1 + is_pair]]
    return hashlib.sha256("".join(digests).encode()).hexdigest() if is_pair else digests[0]


def read_graph(path: Path) -> RealGraph:
    """Read the network in a file; it takes and gives real numbers where the file's are quantised.

    Raises:
        ModelError: OpenVINO cannot read it, or it has several inputs or outputs.
        RuntimeUnavailableError: OpenVINO is not installed.
    """
    core = openvino_core()
    _check_there(path)
    try:
        with native_stderr_muted() if reading_is_muted(path) else nullcontext():
            graph = core.read_model(str(path))
    except RuntimeError as exc:
        raise ModelError(_failure(path, str(exc))) from exc
    _check_single("input", graph.inputs, str(path))
    _check_single("output", graph.outputs, str(path))
    return with_real_numbers(graph)


def reading_is_muted(path: Path) -> bool:
    """Whether OpenVINO prints while it reads such a file, so that standard error is muted."""
    return path.suffix.lower() != ".xml"


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise ModelError(f"no model at {path}: give the file that was exported")
    if path.suffix.lower() == ".xml" and not path.with_suffix(".bin").is_file():
        raise ModelError(
            f"{path} has its weights in {path.with_suffix('.bin').name}, which is not beside it: "
            "copy both files"
        )


def _failure(path: Path, error: str) -> str:
    """Say in one line why OpenVINO cannot read a file, where its own error has several."""
    kind = _KINDS.get(path.suffix.lower(), "a model")
    if found := _UNKNOWN_OPERATIONS.search(error):
        return (
            f"{path} uses operations that OpenVINO does not know ({found[1] or found[2]}): export "
            "the model again with standard operations only"
        )
    if found := re.search(r"Path '(.+?)' resolves to .+ outside the base directory", error):
        return (
            f"{path} keeps weights outside its own folder, in {found[1]}, which vidclf does not "
            "follow: export it again with its data files beside it"
        )
    if found := re.search(r"invalid external data.*?data_full_path: ([^,]+)", error):
        return f"{path} has weights in {found[1]}, which is missing or too short: copy all files"
    if "weights" in error and path.suffix.lower() == ".xml":
        return f"{path.with_suffix('.bin')} does not fit {path.name}: copy both files again"
    says = "" if "Unable to read the model" in error else f" ({error.strip().splitlines()[-1]})"
    return (
        f"cannot read {path} as {kind}{says}: it is damaged, or something else whatever its name; "
        "export or download it again"
    )


def _check_single(what: str, ports: list[Any], name: str) -> None:
    if len(ports) != 1:
        listed = ", ".join(f"{_port_name(port)} {port.get_partial_shape()}" for port in ports)
        raise ModelError(
            f"{name} has {len(ports)} {what}s ({listed}), and vidclf uses models of one picture or "
            f"clip and one answer: export it with one {what}"
        )


def _port_name(port: Any) -> str:
    names = sorted(port.get_names())
    return names[0] if names else str(port.get_node().get_friendly_name())
