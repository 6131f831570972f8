"""Opening a model: what is known of it is put together, its network is loaded when needed."""

from __future__ import annotations

import importlib.metadata
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from vidclf.core.cache import cached_folder, forget
from vidclf.models.description.assembling import describe
from vidclf.models.description.evidence import ModelEvidence
from vidclf.models.description.sidecar import Sidecar, read_sidecar
from vidclf.models.info import ModelFacts, ModelInfo
from vidclf.models.model_file import BUILT_IN, ModelFile, find_model_file
from vidclf.models.network import Network
from vidclf.settings import ModelSettings

logger = logging.getLogger(__name__)

_FACTS_FILE = "facts.json"
_FACTS_FORMAT = 2
_LIBRARIES = ("keras", "openvino", "tensorflow", "tf_keras")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A described model, whose network is loaded when it is asked for."""

    info: ModelInfo
    """What it wants and what it says."""
    load: Callable[[], Network]
    """Gives the network; slow the first time, kept after that."""
    graph: Path | None = None
    """The file that OpenVINO runs as it is, where TensorFlow has nothing to load."""
    converted: Path | None = None
    """The network's OpenVINO form, where it was made beforehand."""


def open_model(name: str | Path = BUILT_IN, *, settings: ModelSettings | None = None) -> Model:
    """Describe a model: the built-in one, a file or folder, or a network of `keras.applications`.

    What its file says is kept in the cache, so that TensorFlow is not needed the next time. A
    `<stem>.json` beside the file adds to it or corrects it.

    Args:
        name: `efficientnet-lite0`, a path, or a name such as `mobilenet_v2`.
        settings: what the user says of the model.

    Raises:
        ModelError: the file or its description cannot be used.
        UsageError: the settings contradict the model.
    """
    settings = settings or ModelSettings()
    file = find_model_file(name, allow_unsafe=settings.allow_unsafe_model)
    sidecar = Sidecar()
    if not file.application:
        sidecar = read_sidecar(file.path, digest=file.digest)
    facts = sidecar.facts() if file.converted else None  # the built-in model's says it all
    facts = facts or _facts(file, allow_unsafe=settings.allow_unsafe_model)
    info = describe(ModelEvidence(file=file, facts=facts, sidecar=sidecar, settings=settings))
    return Model(info=info, load=file.load, graph=file.graph, converted=file.converted)


def _facts(file: ModelFile, *, allow_unsafe: bool) -> ModelFacts:
    """What the model says of itself, from the cache if it was looked at before."""

    def build(folder: Path) -> None:
        (folder / _FACTS_FILE).write_text(json.dumps(asdict(file.look())), encoding="utf-8")

    versions = "_".join(importlib.metadata.version(library) for library in _LIBRARIES)
    trust = "_unsafe" if allow_unsafe else ""
    key = f"facts/{file.digest[:32]}{trust}_{versions}_{_FACTS_FORMAT}"
    try:
        return _read_facts(cached_folder(key, build))
    except (OSError, ValueError, TypeError, KeyError) as exc:
        logger.info("what %s says of itself is looked at again (%s)", file.name, exc)
        forget(key)
        return file.look()


def _read_facts(folder: Path) -> ModelFacts:
    fields = json.loads((folder / _FACTS_FILE).read_text(encoding="utf-8"))
    return ModelFacts(**{**fields, "input_shape": tuple(fields["input_shape"])})
