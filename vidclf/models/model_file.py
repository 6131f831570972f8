"""What is known of a model that was found, before it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.files.local_files import told_as
from vidclf.models.info import ModelFacts
from vidclf.models.network import Network
from vidclf.remote.path import RemotePath

if TYPE_CHECKING:
    from vidclf.models.applications.table import Application

BUILT_IN = "efficientnet-lite0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """Names a model that was found, and knows how its kind is read and loaded."""

    name: str
    """Short name for people."""
    path: Path
    """The file or folder; for a network of `keras.applications` or in memory its name."""
    place: RemotePath | None = None
    """Where it lies, if `path` is a copy of what lies elsewhere."""
    digest: str
    """SHA-256 of graph and weights, hexadecimal."""
    read_facts: Callable[[], ModelFacts]
    """Reads the facts of its network; slow."""
    load: Callable[[], Network]
    """Gives the network that TensorFlow computes; slow the first time, kept after that."""
    graph: Path | None = None
    """The file that OpenVINO runs as it is, for models that TensorFlow cannot load."""
    converted: Path | None = None
    """Its OpenVINO form, for a model that comes with one."""
    application: Application | None = None
    """The network of `keras.applications`, if it is one."""
    in_memory: bool = False
    """Whether it is a Keras model that the calling program holds."""

    @property
    def shown(self) -> str:
        """What it is called in messages: its path, or where it lies."""
        return str(self.place or self.path)

    def telling(self) -> AbstractContextManager[None]:
        """A context in which errors name the place, and no copy of what lies there."""
        return told_as(self.place.parent, self.path.parent) if self.place else nullcontext()

    @property
    def is_on_disk(self) -> bool:
        """Whether labels and a description may lie beside it."""
        return self.application is None and not self.in_memory


def whole_digest(path: Path) -> str:
    """Compute the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
