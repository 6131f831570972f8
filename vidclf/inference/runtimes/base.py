"""What a runtime is, and what it is opened from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vidclf.core.frames import Pixels, Scores
from vidclf.models.info import ModelInfo
from vidclf.models.network import Network
from vidclf.settings import Precision

Probe = Callable[[], Pixels]
Load = Callable[[], Network]


class Runtime(Protocol):
    """A model, ready to compute."""

    name: str
    """Its name in the table of runtimes."""
    batch_size: int
    """Frames a batch that suit it best."""

    @property
    def reference(self) -> Runtime | None:
        """What computes the same in float32, where this one does not; None where it does."""
        ...

    def scores(self, pixels: Pixels) -> Scores:
        """(N, h, w, 3) uint8 RGB at the model's input size → (N, C) float32 scores, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeInput:
    """What there is of a model; each runtime takes what it needs."""

    info: ModelInfo
    """Its description."""
    load: Load
    """Gives the Keras model."""
    probe: Probe
    """Gives (N, h, w, 3) uint8 RGB real frames at the input size: a newly converted model is
    checked on them against Keras."""
    graph: Path | None = None
    """A file that OpenVINO runs as it is; neither loaded nor checked."""
    converted: Path | None = None
    """The model's OpenVINO form, if it was made and checked beforehand."""
    low_latency: bool = False
    """Whether inputs come one by one and each is waited for, so that all cores share each."""
    precision: Precision = "f32"
    """What it is to compute in, if the CPU can."""


class OpenRuntime(Protocol):
    """A member of the table of runtimes."""

    def __call__(self, model: RuntimeInput, /) -> Runtime:
        """Make a model ready to compute.

        Raises:
            ConversionError: it cannot compute what Keras does.
            RuntimeUnavailableError: it is not installed, or does not start.
            ModelError: the model cannot be loaded.
            UsageError: it is not for this model.
        """
        ...


class ConversionError(Exception):
    """The model cannot be converted, or its converted form does not agree with Keras."""
