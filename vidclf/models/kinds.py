"""What a name stands for, of each kind of model: how its file is read, and its network loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from vidclf.core.addresses import address_kind
from vidclf.core.keras_model import KerasModel
from vidclf.errors import ModelError
from vidclf.files.local_files import told_as
from vidclf.files.places import place_of
from vidclf.models.applications.loading import application_digest, load_application
from vidclf.models.applications.table import Application, find_application, similar_names
from vidclf.models.first_look import look_at_graph, look_at_keras_file, look_at_saved_model
from vidclf.models.graphs.files import GRAPH_SUFFIXES, graph_digest
from vidclf.models.in_memory import (
    check_usable,
    model_digest,
    name_in_memory,
    training_configuration,
)
from vidclf.models.info import ModelFacts
from vidclf.models.keras_files.container import Contents
from vidclf.models.keras_files.loading import (
    KERAS_SUFFIXES,
    check_model_file,
    load_keras,
    loader_of,
)
from vidclf.models.model_file import BUILT_IN, ModelFile, whole_digest
from vidclf.models.network import KerasNetwork, Network
from vidclf.models.saved_models.loading import (
    is_saved_model,
    load_saved_model,
    saved_model_digest,
)
from vidclf.remote.path import RemotePath

_OTHER_LIBRARIES = {
    ".pt": "PyTorch", ".pth": "PyTorch", ".safetensors": "PyTorch", ".pkl": "Python's pickle",
    ".joblib": "Python's pickle", ".caffemodel": "Caffe", ".mlmodel": "Core ML",
    ".mlpackage": "Core ML",
}  # fmt: skip


def model_on_disk(name: str | Path, *, allow_unsafe: bool) -> ModelFile:
    """A file or folder here or elsewhere, or a network of `keras.applications`.

    Raises:
        ModelError: it is none of these.
        UsageError: it is a live input.
    """
    place = place_of(name)
    if isinstance(place, RemotePath):
        return _elsewhere(place, allow_unsafe=allow_unsafe)
    path = place
    if path.exists():
        return _existing_file(path, allow_unsafe=allow_unsafe)
    if application := find_application(str(name)):
        return _application(application)
    remedy = _suggest_file(path) or _suggest_name(str(name))
    raise ModelError(f"no model at {name}: {remedy}")


def looks_like_model(name: str) -> bool:
    """Return whether a name means a model and not a clip."""
    suffixes = {*KERAS_SUFFIXES, *GRAPH_SUFFIXES, *_OTHER_LIBRARIES}
    if address_kind(name) == "url":
        place = RemotePath(name)
        return place.suffix.lower() in suffixes or place.is_folder_name
    path = Path(name)
    is_file = path.suffix.lower() in suffixes or is_saved_model(path)
    return name == BUILT_IN or is_file or not (path.exists() or path.suffix)


def _elsewhere(place: RemotePath, *, allow_unsafe: bool) -> ModelFile:
    """A model that is fetched; what is said of its copy names the place."""
    from vidclf.models.fetched import fetched_model

    path = fetched_model(place)
    with told_as(place.parent, path.parent):
        file = _existing_file(path, allow_unsafe=allow_unsafe)

    @cache
    def load() -> Network:
        with told_as(place.parent, path.parent):
            return file.load()

    return replace(file, place=place, load=load)


def _existing_file(path: Path, *, allow_unsafe: bool) -> ModelFile:
    suffix = path.suffix.lower()
    if is_saved_model(path):
        return _saved_model(path, allow_unsafe=allow_unsafe)
    if suffix in GRAPH_SUFFIXES:
        return _graph(path)
    if suffix in KERAS_SUFFIXES or _is_unpacked(path):
        return keras_file(check_model_file(path), allow_unsafe=allow_unsafe)
    if suffix in _OTHER_LIBRARIES:
        raise ModelError(
            f"{path} is a model of {_OTHER_LIBRARIES[suffix]}: export it to .onnx first"
        )
    if suffix == ".pb":
        raise ModelError(f"{path} is a part of a SavedModel: name its folder")
    raise ModelError(
        f"{path} is no model: {_suggest_file(path) or f'vidclf reads {_file_kinds()}'}"
    )


def keras_file(
    path: Path,
    *,
    allow_unsafe: bool,
    read: Callable[[Path], Contents] = look_at_keras_file,
) -> ModelFile:
    """A file that Keras saved; `read` reads all of it but its weights."""
    contents = cache(partial(read, path))

    @cache
    def load() -> KerasNetwork:
        return KerasNetwork(load_keras(path, contents=contents(), allow_unsafe=allow_unsafe))

    def read_facts() -> ModelFacts:
        model, training = load().model, contents().training
        return _facts_of_network(model, name=str(path), loader=loader_of(model), training=training)

    return ModelFile(
        name=path.stem, path=path, digest=whole_digest(path), read_facts=read_facts, load=load
    )


def model_in_memory(model: KerasModel) -> ModelFile:
    """A Keras model that the calling program holds.

    Raises:
        ModelError: it cannot be used.
    """
    check_usable(model)
    name = name_in_memory(model)

    def read_facts() -> ModelFacts:
        training = training_configuration(model)
        return _facts_of_network(model, name=name, loader=loader_of(model), training=training)

    return ModelFile(
        name=str(model.name),
        path=Path(name),
        digest=model_digest(model),
        read_facts=read_facts,
        load=lambda: KerasNetwork(model),
        in_memory=True,
    )


def _facts_of_network(model: Any, *, name: str, loader: str, training: Any) -> ModelFacts:
    """Read the facts of a loaded network; models that are known need no import for that."""
    from vidclf.models.keras_files.facts import keras_facts

    return keras_facts(model, name=name, loader=loader, training=training)


def _application(application: Application) -> ModelFile:
    load = cache(lambda: KerasNetwork(load_application(application)))

    def read_facts() -> ModelFacts:
        model = load().model
        return _facts_of_network(
            model, name=application.name, loader=loader_of(model), training=None
        )

    return ModelFile(
        name=application.name,
        path=Path(application.name),
        digest=application_digest(application),
        read_facts=read_facts,
        load=load,
        application=application,
    )


def _saved_model(path: Path, *, allow_unsafe: bool) -> ModelFile:
    return ModelFile(
        name=path.resolve().name,
        path=path,
        digest=saved_model_digest(path),
        read_facts=partial(look_at_saved_model, path, allow_unsafe=allow_unsafe),
        load=cache(partial(load_saved_model, path, allow_unsafe=allow_unsafe)),
    )


def _graph(path: Path) -> ModelFile:
    def load() -> Network:
        raise ModelError(f"{path} runs on OpenVINO only: leave --runtime out")

    return ModelFile(
        name=path.stem,
        path=path,
        digest=graph_digest(path),
        read_facts=partial(look_at_graph, path),
        load=load,
        graph=path,
    )


def _is_unpacked(path: Path) -> bool:
    """Whether a folder holds what a `.keras` file holds; its weights alone are no model."""
    return all((path / name).is_file() for name in ("config.json", "model.weights.h5"))


def _suggest_file(path: Path) -> str:
    """Ask whether a model in that folder was meant, or one with an ending; "" if none is there."""
    files = path.glob("*") if path.is_dir() else path.parent.glob(f"{path.name}.*")
    suffixes = (*KERAS_SUFFIXES, *GRAPH_SUFFIXES)
    models = sorted(file for file in files if file.suffix.lower() in suffixes)
    return f"did you mean {models[0]}?" if models else ""


def _suggest_name(name: str) -> str:
    """List what a model may be, after the network with the likest name."""
    similar = similar_names(name)
    question = f"did you mean {similar[0]}? " if similar else ""
    return f"{question}vidclf takes {_file_kinds()}, a network of keras.applications, or {BUILT_IN}"


def _file_kinds() -> str:
    return f"{', '.join((*KERAS_SUFFIXES, *GRAPH_SUFFIXES))} files, SavedModel folders"
