"""What a model says to frames of a clip, while not all is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.preprocessing import Scaling
from vidclf.inference.probe import ProbeInputs
from vidclf.inference.tensors import to_input
from vidclf.models import Model, ModelInfo

Network = Callable[[NDArray[Any]], NDArray[np.float32]]

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A model, the network that computes it, and frames to try it on."""

    info: ModelInfo
    """The model's description."""
    network: Network
    """(N, …) inputs → (N, units) its numbers as they are."""
    inputs: ProbeInputs
    """Frames of the clip."""
    clip: str
    """The clip's name."""
    problem: str = ""
    """Why the network cannot be tried here; no inputs are shown then."""

    @property
    def shown(self) -> list[int]:
        """Places of up to three inputs, spread over them all; each name once."""
        if self.problem:
            return []
        distinct = list({name: place for place, name in enumerate(self.inputs.names)}.values())
        spread = np.linspace(0, len(distinct) - 1, min(_MOST_SHOWN, len(distinct)))
        return [distinct[int(place)] for place in spread]

    @property
    def names(self) -> tuple[str, ...]:
        """What those inputs are called."""
        return tuple(self.inputs.names[place] for place in self.shown)

    @property
    def lead(self) -> str:
        """The words before a table of answers."""
        if self.problem:
            return f"What it would say cannot be shown ({self.problem}):"
        return f"Of {self.clip} it would say:"

    def outputs(self, scaling: Scaling) -> NDArray[np.float32]:
        """(N, units) what the network gives for inputs that are scaled so; zeros if untried.

        Raises:
            ModelError: it cannot be computed on this computer.
        """
        if self.problem:
            return np.zeros((len(self.inputs.names), len(self.info.labels)), np.float32)
        return self.network(to_input(self.inputs.pixels, replace(self.info, preprocessing=scaling)))


def open_network(model: Model) -> Network:
    """Load a model for a few inputs: in the form that takes no conversion.

    Raises:
        ModelError: it cannot be loaded.
    """
    if model.graph is not None:
        from vidclf.inference.runtimes.openvino import OpenVinoRuntime

        return OpenVinoRuntime.of_file(model.info, model.graph).outputs
    from vidclf.inference.runtimes.tensorflow import TensorFlowRuntime

    return TensorFlowRuntime(model.info, model.load()).outputs
