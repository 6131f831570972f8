"""Run a loaded network, whichever library loaded it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from vidclf.core.muted_warnings import keras_muted
from vidclf.models.forward_pass import forward_pass

Shape = tuple[int | None, ...]


class Network(Protocol):
    """Stands for a network that TensorFlow computes: the reference for every score."""

    def __call__(self, batch: Any) -> Any:
        """Compute a tensor (N, units) from a tensor of the model's input; may be traced."""
        ...

    def export(self, folder: Path, shape: Shape | None = None) -> None:
        """Write the forward pass as a SavedModel, for OpenVINO to convert.

        `shape` is that of a batch, None where it is free; without it, it is the model's own. A
        recurrent network of any number of frames is converted wrongly unless the number is given.
        """
        ...


class KerasNetwork:
    """Wraps a `keras.Model`, or a `tf_keras.Model`."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, batch: Any) -> Any:
        """Compute (N, units) outputs from (N, …) inputs."""
        with keras_muted():
            return forward_pass(self.model, batch)

    def export(self, folder: Path, shape: Shape | None = None) -> None:
        """Write the forward pass as a SavedModel, for batches of a shape."""
        from vidclf.models.keras_files.loading import export_saved_model

        with keras_muted():
            export_saved_model(self.model, folder, shape)
