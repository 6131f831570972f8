"""Read the facts of a SavedModel: its input, head, scaling and backbone."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from vidclf.core.installed import installed_version
from vidclf.core.native_stderr import native_stderr_muted
from vidclf.core.openvino_import import openvino_core
from vidclf.errors import ModelError
from vidclf.models.answers import answers_vary, gives_distributions
from vidclf.models.graphs.quantisation import RealGraph
from vidclf.models.graphs.reading import facts_of_graph
from vidclf.models.graphs.sizes import check_sizes
from vidclf.models.info import UNKNOWN, ModelFacts
from vidclf.models.keras_files.training import loss_name, metric_names
from vidclf.models.saved_models.loading import (
    SavedModelNetwork,
    chosen_tags,
    load_signature,
    parse_saved_model,
)
from vidclf.models.scaling_clues.conclusion import FirstSteps, conclude
from vidclf.models.scaling_clues.tensorflow_graphs import tensorflow_first_steps
from vidclf.models.scaling_clues.walk import UNTOUCHED


def saved_model_facts(
    folder: Path, signature: str | None = None, *, allow_unsafe: bool = False
) -> ModelFacts:
    """Read the facts of the signature of a SavedModel that will be run.

    Head, scaling and backbone are read from the graph as OpenVINO sees it; where OpenVINO cannot
    read it, only the signature's shapes are known.

    Raises:
        ModelError: as `load_saved_model`.
        MemoryError: what is constant in it does not fit into the memory that there is.
        RuntimeUnavailableError: TensorFlow or OpenVINO cannot be imported.
    """
    network = load_signature(folder, signature, allow_unsafe=allow_unsafe)
    loader = f"tensorflow {installed_version('tensorflow')} SavedModel"
    shape, parsed = _input_shape(network, folder), parse_saved_model(folder)
    clue = conclude(_first_steps(parsed, network.signature), dtype=network.input_spec.dtype.name)
    try:
        graph = _graph_of(network)
    except RuntimeError as exc:  # random numbers are among what OpenVINO does not read
        if "bad_alloc" in str(exc):
            raise MemoryError("OpenVINO computes a constant that does not fit") from exc
        facts = _signature_facts(network, folder, loader=loader, clue=clue)
    else:
        check_sizes(graph, str(folder))
        facts = facts_of_graph(
            RealGraph(graph=graph, input_range=None),
            name=str(folder),
            loader=loader,
            clue=clue,
            names=_operation_names(parsed),
            signature=network.signature,
        )
    facts = replace(facts, input_shape=shape[1:], fixed_batch=shape[0])
    if facts.activation == UNKNOWN and _gives_distributions(network):
        facts = replace(facts, activation="softmax")
    return replace(
        _with_training(facts, folder), depends_on_batch=_depends_on_batch(network, folder)
    )


def _with_training(facts: ModelFacts, folder: Path) -> ModelFacts:
    """Add loss and metrics, which Keras 2 writes beside the graph for its own use."""
    training = _training_configuration(folder / "keras_metadata.pb")
    return replace(facts, loss=loss_name(training), metrics=metric_names(training))


def _training_configuration(path: Path) -> Any:
    """Find the model's training configuration in a `keras_metadata.pb`; None where there is none.

    That file is a list of JSON texts, one for each object, the model's own first.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    _, mark, rest = text.partition('"training_config": ')
    try:
        return json.JSONDecoder().raw_decode(rest)[0] if mark else None
    except (ValueError, RecursionError):
        return None


def _first_steps(parsed: Any, signature: str) -> FirstSteps:
    """Find out what a signature does to its input before its first weights."""
    tags = chosen_tags(parsed)
    meta = next(
        each for each in parsed.meta_graphs if tags in (None, list(each.meta_info_def.tags))
    )
    definition = meta.signature_def[signature]
    [taken], [given] = definition.inputs.values(), definition.outputs.values()
    return tensorflow_first_steps(
        meta.graph_def, given={taken.name.split(":")[0]: UNTOUCHED}, outputs=[given.name]
    )


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
    core = openvino_core()
    with tempfile.TemporaryDirectory() as folder, native_stderr_muted():
        network.export(Path(folder))
        return core.read_model(os.fspath(folder))


def _gives_distributions(network: SavedModelNetwork) -> bool:
    import tensorflow as tf

    return gives_distributions(lambda pictures: network(tf.constant(pictures)), network.input_spec)


def _depends_on_batch(network: SavedModelNetwork, folder: Path) -> bool:
    """Return whether answers change with the batch; refuse a network that answers at random.

    Keras 3.15's `model.export` leaves layers for augmentation at work.
    """
    import tensorflow as tf

    is_random, depends_on_batch = answers_vary(
        lambda pictures: network(tf.constant(pictures)), network.graph_def, network.input_spec
    )
    if is_random:
        raise ModelError(
            f"{folder} answers otherwise each time for the same picture: it was exported with "
            "its random layers at work. Give the .keras file, or export without those layers"
        )
    return depends_on_batch


def _signature_facts(
    network: SavedModelNetwork, folder: Path, *, loader: str, clue: tuple[str | None, str]
) -> ModelFacts:
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
        activation=UNKNOWN,
        head_evidence=f"signature {network.signature!r}: {outputs[1]} outputs",
        scaling=clue[0],
        scaling_evidence=clue[1],
        signature=network.signature,
        fixed_batch=shape[0],
    )


def _operation_names(parsed: Any) -> list[str]:
    """List the names of all operations, which hold those of layers; OpenVINO renames many."""
    graphs = [meta.graph_def for meta in parsed.meta_graphs]
    nodes = [node for graph in graphs for node in graph.node]
    functions = [function for graph in graphs for function in graph.library.function]
    nodes += [node for function in functions for node in function.node_def]
    return sorted({node.name for node in nodes})
