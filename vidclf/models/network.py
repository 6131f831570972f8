"""A loaded network, whichever library loaded it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

Shape = tuple[int | None, ...]


class Network(Protocol):
    """Something TensorFlow computes: the reference for every score."""

    def __call__(self, batch: Any) -> Any:
        """A tensor of the model's input → a tensor (N, units); may be traced."""
        ...

    def export(self, folder: Path, shape: Shape | None = None) -> None:
        """Write the forward pass as a SavedModel, for OpenVINO to convert.

        `shape` is that of a batch, None where it is free; without it, it is the model's own. A
        recurrent network of any number of frames is converted wrongly unless the number is given.
        """
        ...


class KerasNetwork:
    """A `keras.Model`, or a `tf_keras.Model`."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, batch: Any) -> Any:
        """(N, …) input → (N, units) output."""
        return self.model(batch, training=False)

    def export(self, folder: Path, shape: Shape | None = None) -> None:
        """Write the forward pass as a SavedModel, for batches of a shape."""
        from vidclf.models.keras_files.loading import export_saved_model

        export_saved_model(self.model, folder, shape)
