"""Engines around tiny Keras models that are described by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.tiny_model import build_tiny_model
from vidclf.batch.plan import plan, wanted_kinds
from vidclf.core.preprocessing import SCALINGS, Resize
from vidclf.inference.engine import Engine
from vidclf.models import Model, ModelInfo
from vidclf.models.network import KerasNetwork
from vidclf.pipeline.annotate import annotate_clip
from vidclf.pipeline.job import ClipJob
from vidclf.settings import Settings


def described(keras_model: Any, *, head: str, labels: tuple[str, ...], **more: Any) -> Model:
    """A model of 24x32 pictures with its scaling inside, and what is said of it."""
    info = ModelInfo(
        name="tiny",
        path="tiny.keras",
        digest=f"{head}{labels}",
        labels=labels,
        input_size=(24, 32),
        preprocessing=SCALINGS["none"],
        resize=Resize(),
        head=head,
        **more,
    )
    return Model(info=info, load=lambda: KerasNetwork(keras_model))


def annotated(clip: Path, folder: Path, model: Model, **options: Any) -> ClipJob:
    """The files of a clip, made with TensorFlow."""
    settings = Settings(**{"runtime": "tensorflow", "smooth": 0.0, **options})
    folder.mkdir(exist_ok=True)
    [job] = plan([clip], output=folder, kinds=wanted_kinds(settings)).jobs
    engine = Engine(model, settings.for_inference)
    annotate_clip(job, engine=engine, settings=settings, on_frame=lambda *_: None)
    return job


def tiny_network(*, activation: str | None, units: int) -> Any:
    """A Keras model whose answers depend on the picture."""
    return build_tiny_model(head=activation or "linear", units=units)


def plain_keras(keras_model: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What Keras says of (N, 24, 32, 3) pictures."""
    return np.asarray(keras_model(pixels.astype(np.float32), training=False), np.float32)
