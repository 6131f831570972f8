"""Open a model: put its description together, and load its network only when it is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from vidclf.core.cache import CacheKey, use_cached
from vidclf.core.keras_model import KerasModel
from vidclf.models.description.assembling import describe
from vidclf.models.description.evidence import ModelEvidence
from vidclf.models.description.sidecar import Sidecar, read_sidecar
from vidclf.models.finding import find_model_file
from vidclf.models.info import ModelFacts, ModelInfo
from vidclf.models.model_file import BUILT_IN, ModelFile
from vidclf.models.network import Network
from vidclf.settings import ModelSettings

_FACTS_FILE = "facts.json"
_FACTS_FORMAT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Holds a model's description, and loads its network when that is asked for."""

    info: ModelInfo
    """Its description: what its input and output mean."""
    load: Callable[[], Network]
    """Gives the network; slow the first time, kept after that."""
    graph: Path | None = None
    """The file that OpenVINO runs as it is, for models that TensorFlow cannot load."""
    converted: Path | None = None
    """The network's OpenVINO form, for a model that comes with one."""


def open_model(
    name: str | Path | KerasModel = BUILT_IN, *, settings: ModelSettings | None = None
) -> Model:
    """Describe a model: the built-in one, a file or folder, or a network of `keras.applications`.

    The facts of its file are kept in the cache, so that TensorFlow is not needed the next time. A
    `<stem>.json` beside the file adds to them or corrects them.

    Args:
        name: `efficientnet-lite0`, a path, a name such as `mobilenet_v2`, or a Keras model.
        settings: what the user gives for the model.

    Raises:
        ModelError: the file or its description cannot be used.
        UsageError: the settings contradict the model.
    """
    settings = settings or ModelSettings()
    file = find_model_file(name, allow_unsafe=settings.allow_unsafe_model)
    with file.telling():
        sidecar = Sidecar()
        if file.is_on_disk:
            sidecar = read_sidecar(file.path, digest=file.digest)
        facts = sidecar.facts() if file.converted else None  # the built-in model's is complete
        facts = facts or _cached_facts(file, allow_unsafe=settings.allow_unsafe_model)
        info = describe(ModelEvidence(file=file, facts=facts, sidecar=sidecar, settings=settings))
    return Model(info=info, load=file.load, graph=file.graph, converted=file.converted)


def _cached_facts(file: ModelFile, *, allow_unsafe: bool) -> ModelFacts:
    """Return the facts of a model file, from the cache if they were read before."""
    if file.in_memory:
        return file.read_facts()

    def build(folder: Path) -> None:
        (folder / _FACTS_FILE).write_text(json.dumps(asdict(file.read_facts())), encoding="utf-8")

    key = CacheKey(
        kind="facts",
        model=file.name,
        digest=file.digest,
        variant="unsafe" if allow_unsafe else "",
        format=_FACTS_FORMAT,
    )
    return use_cached(key, build=build, use=_load_facts)


def _load_facts(folder: Path) -> ModelFacts:
    return ModelFacts.from_fields(json.loads((folder / _FACTS_FILE).read_text(encoding="utf-8")))
