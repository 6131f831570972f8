"""Load SavedModel folders: check what they would do, then run one signature of them.

`tf.saved_model.load` is used as it is. Keras' `TFSMLayer` calls the same, but takes no signature
with a named input from a TensorFlow 1 model, and returns a dict all the same.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from vidclf.core.native_stderr import tensorflow_muted
from vidclf.errors import ModelError
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.network import Network, Shape
from vidclf.models.saved_models.safety import find_danger
from vidclf.models.saved_models.sizes import check_tensor_sizes

_DEFAULT_SIGNATURES = ("serving_default", "serve")


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

    @property
    def graph_def(self) -> Any:
        """Return the signature's graph with its functions, as a `GraphDef`."""
        return self._function.graph.as_graph_def()

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
    graph_files = [folder / "saved_model.pb", folder / "keras_metadata.pb"]
    parts = [*graph_files, *folder.glob("variables/*"), *folder.glob("assets/**/*")]
    for path in sorted(part for part in parts if part.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


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
    return load_signature(folder, signature, allow_unsafe=allow_unsafe)


def load_signature(folder: Path, signature: str | None, *, allow_unsafe: bool) -> SavedModelNetwork:
    """Load a SavedModel, after checking it, and choose its signature; as `load_saved_model`."""
    import_keras()
    import tensorflow as tf

    parsed = parse_saved_model(folder)
    if not allow_unsafe:
        _refuse_danger(parsed, folder)
    _check_variables(parsed, folder)
    check_tensor_sizes(parsed, folder)
    try:
        with tensorflow_muted():
            loaded = tf.saved_model.load(str(folder), tags=chosen_tags(parsed))
    except Exception as exc:  # TensorFlow raises whatever its readers raise
        line = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
        raise ModelError(
            f"cannot load {folder} as a SavedModel ({line}): export it again, or copy the whole "
            "folder again"
        ) from exc
    name = _choose_signature(sorted(loaded.signatures), signature, folder)
    return SavedModelNetwork(loaded, name, name=str(folder))


def parse_saved_model(folder: Path) -> Any:
    """Parse a SavedModel's graphs; nothing of it runs.

    Raises:
        ModelError: there is none, or it is damaged.
    """
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


def chosen_tags(parsed: Any) -> list[str] | None:
    """Choose the graph to load of several, as TensorFlow 1 saved them for training and serving."""
    tags = [list(meta.meta_info_def.tags) for meta in parsed.meta_graphs]
    if len(tags) == 1:
        return None
    return next((each for each in tags if "serve" in each), min(tags, key=len))


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
    if choice is None:
        raise ModelError(
            f"{folder} has the signatures {', '.join(names)}, and serving_default is the one that "
            "is run: save it again with one of them by that name, as m = "
            f"tf.saved_model.load({str(folder)!r}); tf.saved_model.save(m, 'new', "
            f"signatures={{'serving_default': m.signatures[{names[0]!r}]}})"
        )
    if choice not in names:
        raise ModelError(f"{folder} has no signature {wanted!r}: choose one of {', '.join(names)}")
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
