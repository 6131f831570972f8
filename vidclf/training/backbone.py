"""The network whose features a head is trained on: without its last layer, its scaling inside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from vidclf.core.frames import Pixels
from vidclf.core.muted_warnings import warnings_muted
from vidclf.core.openvino_import import import_openvino, openvino_core
from vidclf.core.preprocessing import Resize, Scaling
from vidclf.errors import ModelError, UsageError
from vidclf.inference.runtimes import open_runtime, runs_on_gpu
from vidclf.inference.runtimes.base import Runtime
from vidclf.models.applications.loading import application_digest, load_application
from vidclf.models.applications.table import APPLICATIONS, Application, find_application
from vidclf.models.finding import find_model_file
from vidclf.models.info import ModelInfo
from vidclf.models.keras_files.loading import import_keras, load_keras
from vidclf.models.model_file import BUILT_IN
from vidclf.models.network import KerasNetwork
from vidclf.training.blocks import BUILT_IN_BLOCK, thawed_from

_POOL = "pool"
"""The layer of the built-in model that gives its features."""
_NONE = Scaling.parse("none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A trained network without its last layer: RGB of 0 to 255 in, features out."""

    name: str
    """The built-in model's name, or that of the network of `keras.applications`."""
    digest: str
    """SHA-256 that stands for its weights, hexadecimal."""
    input_size: tuple[int, int]
    """(height, width) in pixels."""
    block_layer: str
    """Pattern of a layer that each block has, with groups that number the block."""
    load: Callable[[], Any]
    """Gives a `keras.Model`: (N, h, w, 3) RGB of 0 to 255 → (N, F) features; slow at first."""
    converted: Path | None = None
    """The OpenVINO form of the network with its last layer, where it comes with one."""

    def open_runtime(self, probe: Callable[[], Pixels]) -> Runtime:
        """Make it ready to compute features.

        Args:
            probe: gives (N, h, w, 3) uint8 RGB pictures, to check a converted network on.
        """
        if self.converted is not None and not runs_on_gpu("auto"):
            return _cut_runtime(self._info(features=1), self.converted)
        info = self._info(features=int(self.load().output_shape[-1]))
        return open_runtime("auto", info=info, load=lambda: KerasNetwork(self.load()), probe=probe)

    def check_blocks(self, blocks: int) -> None:
        """See that it has so many blocks.

        Raises:
            UsageError: it has fewer.
            ModelError: it cannot be loaded.
        """
        if blocks:
            self.first_thawed(blocks)

    def first_thawed(self, blocks: int) -> int:
        """Return the place of the first layer of the last `blocks` blocks.

        Raises:
            UsageError: it has fewer.
        """
        names = [layer.name for layer in self.load().layers]
        return thawed_from(names, self.block_layer, blocks, network=self.name)

    def _info(self, *, features: int) -> ModelInfo:
        salted = hashlib.sha256(f"{self.digest} features {self.input_size}".encode())
        return ModelInfo(
            name=f"{self.name} (features)",
            path=self.name,
            digest=salted.hexdigest(),
            labels=tuple(map(str, range(features))),
            input_size=self.input_size,
            preprocessing=_NONE,
            resize=Resize(),
            head="regression",
            activation="linear",
        )


def open_backbone(name: str, *, input_size: tuple[int, int] | None = None) -> Backbone:
    """Find a backbone; nothing is loaded yet.

    Args:
        name: `efficientnet-lite0`, or a network of `keras.applications`.
        input_size: (height, width) in pixels; None for the size it was trained on.

    Raises:
        UsageError: there is no such network, or not for that size.
    """
    if name == BUILT_IN:
        return _built_in(input_size)
    application = find_application(name)
    if application is None:
        raise UsageError(
            f"--backbone {name}: give {BUILT_IN}, or a network of keras.applications such as "
            f"{APPLICATIONS[0].name} or MobileNetV2"
        )
    size = input_size or application.input_size
    return Backbone(
        name=application.name,
        digest=application_digest(application),
        input_size=size,
        block_layer=application.family.block_layer,
        load=cache(partial(_application_features, application, size)),
    )


def _built_in(input_size: tuple[int, int] | None) -> Backbone:
    file = find_model_file(BUILT_IN)
    size = (224, 224)
    if input_size not in (None, size):
        raise UsageError(f"{BUILT_IN} takes 224x224: leave --input-size out, or name a --backbone")

    @cache
    def load() -> Any:
        model = load_keras(file.path)
        return import_keras().Model(model.input, model.get_layer(_POOL).output)

    return Backbone(
        name=BUILT_IN,
        digest=file.digest,
        input_size=size,
        block_layer=BUILT_IN_BLOCK,
        load=load,
        converted=file.converted,
    )


def _cut_runtime(info: ModelInfo, path: Path) -> Runtime:
    """Compute the built-in model's OpenVINO form up to its features."""
    from vidclf.inference.runtimes.openvino import OpenVinoRuntime

    openvino = import_openvino()
    graph = openvino_core().read_model(path)
    pools = [node for node in graph.get_ops() if f"/{_POOL}" in node.get_friendly_name()]
    means = [node for node in pools if node.get_output_partial_shape(0).rank.get_length() == 2]
    if not means:
        raise ModelError(f"{path} is not as vidclf made it: install vidclf again")
    features = openvino.Model([means[-1].output(0)], graph.get_parameters())
    count = means[-1].get_output_partial_shape(0)[1].get_length()
    return OpenVinoRuntime(replace(info, labels=tuple(map(str, range(count)))), features)


def _application_features(application: Application, size: tuple[int, int]) -> Any:
    keras = import_keras()
    pixels = keras.Input((*size, 3), name="pixels")
    scaled = scaled_inside(pixels, Scaling.parse(application.scaling))
    with warnings_muted(r"keras\."):  # that another size than the usual one was chosen
        return load_application(
            application,
            include_top=False,
            pooling="avg",
            input_shape=(*size, 3),
            input_tensor=scaled,
        )


def scaled_inside(pixels: Any, scaling: Scaling) -> Any:
    """Put a scaling into a network, as layers that Keras has.

    Args:
        pixels: its (N, h, w, 3) input, RGB of 0 to 255.
        scaling: how its weights want it scaled.
    """
    keras = import_keras()
    if scaling.bgr:  # a convolution puts blue first, as no layer of Keras does but a Lambda
        return _blue_first(pixels, scaling)
    if not scaling.changes_numbers:
        return pixels
    if len(set(scaling.mean)) == len(set(scaling.deviation)) == 1:
        factor = 1 / scaling.deviation[0]
        return keras.layers.Rescaling(factor, -scaling.mean[0] * factor, name="scale")(pixels)
    variance = [deviation**2 for deviation in scaling.deviation]
    return keras.layers.Normalization(mean=scaling.mean, variance=variance, name="scale")(pixels)


def _blue_first(pixels: Any, scaling: Scaling) -> Any:
    import numpy as np

    keras = import_keras()
    kernel = np.fliplr(np.diag(1 / np.array(scaling.deviation[::-1])))
    bias = -np.array(scaling.mean) / np.array(scaling.deviation)
    layer = keras.layers.Conv2D(3, 1, name="scale", trainable=False)
    scaled = layer(pixels)
    layer.set_weights([kernel[None, None].astype(np.float32), bias.astype(np.float32)])
    return scaled
