"""Load SavedModel folders: check what they would do, then run one signature of them.

`tf.saved_model.load` is used as it is. Keras' `TFSMLayer` calls the same, but takes no signature
with a named input from a TensorFlow 1 model, and returns a dict all the same.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from vidclf.core.native_stderr import native_stderr_muted, tensorflow_muted
from vidclf.core.openvino_import import import_openvino
from vidclf.errors import ModelError
from vidclf.models.graphs.quantisation import RealGraph
from vidclf.models.graphs.reading import facts_of_graph
from vidclf.models.info import ModelFacts
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.network import Network, Shape
from vidclf.models.saved_models.safety import find_danger

_DEFAULT_SIGNATURES = ("serving_default", "serve")
_MAX_ROUNDING_ERROR = 1e-4
"""The largest difference of two answers to the same picture that rounding may make."""


class SavedModelNetwork:
    """Runs one signature of a SavedModel, which has one input and one output."""

    def __init__(self, loaded: Any, signature: str, *, name: str) -> None:
        """Choose a signature of what `tf.saved_model.load` gave.

        Raises:
            ModelError: it has several inputs or outputs.
        """
        function = loaded.signatures[signature]
        self.signature = signature
        self._loaded = loaded
        self._function = function
        where = f"{name}, signature {signature!r},"
        self._input, self.input_spec = _single_tensor(
            function.structured_input_signature[1], f"{where} takes {{count}} inputs"
        )
        self._output, self.output_spec = _single_tensor(
            function.structured_outputs, f"{where} gives {{count}} outputs"
        )

    def __call__(self, batch: Any) -> Any:
        """Compute the signature's output (N, units) from (N, …) inputs."""
        return self._function(**{self._input: batch})[self._output]

    def export(self, folder: Path, shape: Shape | None = None) -> None:
        """Write a SavedModel whose `serving_default` is this signature, for batches of a shape."""
        import tensorflow as tf

        module = tf.Module()
        module.kept = self._resources()
        spec = tf.TensorSpec(shape or self.input_spec.shape, self.input_spec.dtype)
        serve = tf.function(lambda batch: {"scores": self(batch)}, input_signature=[spec])
        tf.saved_model.save(module, str(folder), signatures=serve)

    def _resources(self) -> Any:
        """Return what must be saved with the signature: its variables, or all if it has tables.

        Without the functions of the other layers and signatures, saving takes half the time.
        """
        captured = [str(tensor.dtype.name) for tensor in self._function.captured_inputs]
        variables = list(self._function.variables)
        return self._loaded if captured.count("resource") > len(variables) else variables


def is_saved_model(path: Path) -> bool:
    """Return whether a path is a folder that TensorFlow saved a model into."""
    return (path / "saved_model.pb").is_file()


def saved_model_digest(folder: Path) -> str:
    """Compute the SHA-256 over names and bytes of a SavedModel's graph, variables and assets."""
    digest = hashlib.sha256()
    parts = [folder / "saved_model.pb", *folder.glob("variables/*"), *folder.glob("assets/**/*")]
    for path in sorted(part for part in parts if part.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def saved_model_facts(
    folder: Path, signature: str | None = None, *, allow_unsafe: bool = False
) -> ModelFacts:
    """Read the facts of the signature of a SavedModel that will be run.

    Head, scaling and backbone are read from the graph as OpenVINO sees it; where OpenVINO cannot
    read it, only the signature's shapes are known.

    Raises:
        ModelError: as `load_saved_model`.
        RuntimeUnavailableError: TensorFlow or OpenVINO cannot be imported.
    """
    network = _load(folder, signature, allow_unsafe=allow_unsafe)
    loader = f"tensorflow {importlib.metadata.version('tensorflow')} SavedModel"
    shape = _input_shape(network, folder)
    try:
        graph = _graph_of(network)
    except RuntimeError:  # random numbers are among what OpenVINO does not read
        _refuse_random(network, folder)
        return _signature_facts(network, folder, loader=loader)
    real = RealGraph(graph=graph, input_range=None)
    names = _operation_names(_parse(folder))
    facts = facts_of_graph(
        real, name=str(folder), loader=loader, names=names, signature=network.signature
    )
    return replace(facts, input_shape=shape[1:], fixed_batch=shape[0])


def load_saved_model(
    folder: Path, *, signature: str | None = None, allow_unsafe: bool = False
) -> Network:
    """Load a SavedModel, after checking that it does nothing but compute.

    Args:
        folder: it holds `saved_model.pb` and `variables`.
        signature: which one to run; None for `serving_default`, `serve`, or the only one.
        allow_unsafe: load it whatever it could do.

    Raises:
        ModelError: it is not whole, it could do more than compute, there is no such signature,
            or the signature has several inputs or outputs.
        RuntimeUnavailableError: TensorFlow cannot be imported.
    """
    return _load(folder, signature, allow_unsafe=allow_unsafe)


def _load(folder: Path, signature: str | None, *, allow_unsafe: bool) -> SavedModelNetwork:
    import_keras()
    import tensorflow as tf

    parsed = _parse(folder)
    if not allow_unsafe:
        _refuse_danger(parsed, folder)
    _check_variables(parsed, folder)
    try:
        with tensorflow_muted():
            loaded = tf.saved_model.load(str(folder), tags=_tags(parsed))
    except Exception as exc:  # TensorFlow raises whatever its readers raise
        line = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
        raise ModelError(
            f"cannot load {folder} as a SavedModel ({line}): export it again, or copy the whole "
            "folder again"
        ) from exc
    name = _choose_signature(sorted(loaded.signatures), signature, folder)
    return SavedModelNetwork(loaded, name, name=str(folder))


def _parse(folder: Path) -> Any:
    from tensorflow.core.protobuf import saved_model_pb2

    if not is_saved_model(folder):
        raise ModelError(
            f"{folder} holds no saved_model.pb, so it is no SavedModel: give the folder that "
            "model.export or tf.saved_model.save wrote, or a model file"
        )
    parsed = saved_model_pb2.SavedModel()
    try:
        parsed.ParseFromString((folder / "saved_model.pb").read_bytes())
    except Exception as exc:  # OSError, or protobuf's own
        raise ModelError(
            f"cannot read {folder / 'saved_model.pb'} ({exc}): it is damaged, or no SavedModel; "
            "export or copy it again"
        ) from exc
    if not parsed.meta_graphs:
        raise ModelError(f"{folder / 'saved_model.pb'} is empty: export or copy it again")
    return parsed


def _tags(parsed: Any) -> list[str] | None:
    """Choose the graph to load of several, as TensorFlow 1 saved them for training and serving."""
    tags = [list(meta.meta_info_def.tags) for meta in parsed.meta_graphs]
    if len(tags) == 1:
        return None
    return next((each for each in tags if "serve" in each), min(tags, key=len))


def _operation_names(parsed: Any) -> list[str]:
    """List the names of all operations, which hold those of layers; OpenVINO renames many."""
    graphs = [meta.graph_def for meta in parsed.meta_graphs]
    nodes = [node for graph in graphs for node in graph.node]
    functions = [function for graph in graphs for function in graph.library.function]
    nodes += [node for function in functions for node in function.node_def]
    return sorted({node.name for node in nodes})


def _refuse_danger(parsed: Any, folder: Path) -> None:
    if danger := find_danger(parsed):
        raise ModelError(
            f"{folder} carries the operation {danger.operation}, which {danger.effect}: "
            "--allow-unsafe-model loads it if you trust who made it"
        )


def _check_variables(parsed: Any, folder: Path) -> None:
    """Refuse a SavedModel without weights; TensorFlow's own error names a path that it made up."""
    nodes = [node for meta in parsed.meta_graphs for node in meta.graph_def.node]
    has_variables = any(node.op == "VarHandleOp" for node in nodes)
    if has_variables and not (folder / "variables" / "variables.index").is_file():
        raise ModelError(
            f"{folder} has no variables/variables.index, which holds its weights: copy the whole "
            "folder"
        )


def _choose_signature(names: list[str], wanted: str | None, folder: Path) -> str:
    defaults = [name for name in _DEFAULT_SIGNATURES if name in names]
    choice = wanted or next(iter([*defaults, *(names if len(names) == 1 else [])]), None)
    if not names:
        raise ModelError(
            f"{folder} has no signature to run: save it with model.export, or with "
            "tf.saved_model.save(…, signatures=…)"
        )
    if choice not in names:
        problem = f"no signature {wanted!r}" if wanted else "several signatures, none the usual"
        raise ModelError(f"{folder} has {problem}: choose one of {', '.join(names)}")
    return choice


def _single_tensor(specs: Any, claim: str) -> tuple[str, Any]:
    """Return name and type of the one tensor that a signature takes or gives."""
    if not isinstance(specs, dict) or len(specs) != 1:
        by_name = specs if isinstance(specs, dict) else {}
        listed = ", ".join(f"{name} {spec.shape}" for name, spec in sorted(by_name.items()))
        raise ModelError(
            f"{claim.format(count=len(by_name))} ({listed}), and vidclf uses models of one picture "
            "or clip and one answer: export it with a signature like that"
        )
    [(name, spec)] = specs.items()
    return name, spec


def _input_shape(network: SavedModelNetwork, folder: Path) -> tuple[int | None, ...]:
    spec = network.input_spec
    if spec.shape.rank is None or not (spec.dtype.is_floating or spec.dtype.is_integer):
        raise ModelError(
            f"{folder}, signature {network.signature!r}, takes {spec.dtype.name} of shape "
            f"{spec.shape}, not pictures: export it with an input of shape (batch, height, width, "
            "channels)"
        )
    return tuple(spec.shape.as_list())


def _graph_of(network: SavedModelNetwork) -> Any:
    core = import_openvino().Core()
    with tempfile.TemporaryDirectory() as folder, native_stderr_muted():
        network.export(Path(folder))
        return core.read_model(os.fspath(folder))


def _refuse_random(network: SavedModelNetwork, folder: Path) -> None:
    """Refuse a network that still augments at random, as Keras 3.15's `model.export` leaves it."""
    import tensorflow as tf

    shape = [length or 64 for length in network.input_spec.shape]
    picture = tf.random.stateless_uniform(shape, (0, 0))
    for largest in (1, 255):
        batch = tf.cast(picture * largest, network.input_spec.dtype)
        differences = tf.abs(network(batch) - network(batch))
        if float(tf.reduce_max(tf.cast(differences, tf.float32))) > _MAX_ROUNDING_ERROR:
            raise ModelError(
                f"{folder} answers otherwise each time for the same picture: it was exported with "
                "its random layers at work. Give the .keras file, or export without those layers"
            )


def _signature_facts(network: SavedModelNetwork, folder: Path, *, loader: str) -> ModelFacts:
    shape = _input_shape(network, folder)
    outputs = network.output_spec.shape
    if outputs.rank != 2 or outputs[1] is None:
        raise ModelError(
            f"{folder} gives output of shape {outputs}, not one score for each class: export it "
            "with its classifier head"
        )
    return ModelFacts(
        loader=loader,
        input_shape=shape[1:],
        dtype=network.input_spec.dtype.name,
        outputs=int(outputs[1]),
        activation="unknown",
        head_evidence=f"signature {network.signature!r}: {outputs[1]} outputs",
        signature=network.signature,
        fixed_batch=shape[0],
    )
