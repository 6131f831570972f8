"""TensorFlow: the reference for every score, and the runtime for GPUs."""

from __future__ import annotations

import numpy as np

from vidclf.frames import Pixels, Scores
from vidclf.models.heads import to_input, to_scores
from vidclf.models.info import ModelInfo
from vidclf.models.loading import import_keras
from vidclf.models.network import Network


class TensorFlowRuntime:
    """A network, traced once for batches of any length."""

    name = "tensorflow"
    batch_size = 32

    def __init__(self, info: ModelInfo, network: Network) -> None:
        import tensorflow as tf

        self._info = info
        signature = [tf.TensorSpec((None, *info.input_shape), info.dtype)]
        self._call = tf.function(network, input_signature=signature)

    def scores(self, pixels: Pixels) -> Scores:
        """(N, h, w, 3) uint8 RGB → (N, C) float32 scores, 0 to 1."""
        outputs = self._call(to_input(pixels, self._info))
        return to_scores(np.asarray(outputs), self._info.head)


def visible_gpus() -> int:
    """How many GPUs TensorFlow sees; imports it."""
    import_keras()
    import tensorflow as tf

    return len(tf.config.list_physical_devices("GPU"))
