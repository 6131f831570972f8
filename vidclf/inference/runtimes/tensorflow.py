"""TensorFlow: the reference for every score, and the runtime for GPUs."""

from __future__ import annotations

import re
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Pixels, Scores
from vidclf.errors import ModelError, UsageError
from vidclf.inference.runtimes.base import Runtime, RuntimeInput
from vidclf.inference.runtimes.batches import compute
from vidclf.inference.tensors import to_input, to_scores
from vidclf.models.info import ModelInfo
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.network import Network


class TensorFlowRuntime:
    """A network, traced once for batches of any length."""

    name = "tensorflow"
    reference: Runtime | None = None

    def __init__(self, info: ModelInfo, network: Network) -> None:
        import tensorflow as tf

        self._info = info
        self.batch_size = info.fixed_batch or 32
        shape = (info.fixed_batch, *info.input_shape)
        self._call = tf.function(network, input_signature=[tf.TensorSpec(shape, info.dtype)])

    @classmethod
    def open(cls, model: RuntimeInput) -> Self:
        """The runtime of the Keras model.

        Raises:
            ModelError: the model cannot be loaded.
            UsageError: it is a graph, which only OpenVINO runs.
        """
        if model.graph is not None:
            raise UsageError(f"{model.graph} runs on OpenVINO only: leave --runtime out")
        return cls(model.info, model.load())

    def scores(self, pixels: Pixels) -> Scores:
        """(N, h, w, 3) uint8 RGB → (N, C) float32 scores, 0 to 1.

        Raises:
            ModelError: TensorFlow cannot compute it.
        """
        return to_scores(self.outputs(to_input(pixels, self._info)), self._info)

    def outputs(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        """(N, …) inputs as the network takes them → (N, units), its numbers as they are.

        Raises:
            ModelError: TensorFlow cannot compute it.
        """
        return compute(self._compute, inputs, fixed_batch=self._info.fixed_batch)

    def _compute(self, batches: list[NDArray[Any]]) -> list[NDArray[Any]]:
        import tensorflow as tf

        try:
            return [np.asarray(self._call(batch)) for batch in batches]
        except (tf.errors.OpError, ValueError, TypeError) as exc:  # the latter while it is traced
            raise ModelError(_why_not(self._info, exc)) from exc


def visible_gpus() -> int:
    """How many GPUs TensorFlow sees; imports it."""
    import_keras()
    import tensorflow as tf

    return len(tf.config.list_physical_devices("GPU"))


def _why_not(info: ModelInfo, exc: Exception) -> str:
    text = re.sub(r"\{\{.*?\}\}|\x1b\[[\d;]*m", "", str(exc))
    if called := re.search(r"Exception encountered when calling .*\n\s*(.+)", text):
        return (
            f"TensorFlow cannot compute {info.path} for input of shape {info.input_shape} "
            f"({called[1].strip()}): another --input-size may help"
        )
    found = re.search(r"(.*\S)\s*\n\s*\[\[", text)  # what stands before the place it names
    line = found[1].strip() if found else text.strip().partition("\n")[0]
    remedy = "leave --runtime out" if info.layout == "channels_first" else "--batch-size 1 may help"
    return f"TensorFlow cannot compute {info.path} on this computer ({line}): {remedy}"
