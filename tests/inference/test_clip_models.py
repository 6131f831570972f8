"""Clip models: the table's numbers are those of plain Keras over the frames' windows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from helpers.clip_models import describe, windows_of
from helpers.clips import ClipSpec, make_clip, numbered_picture

from vidclf.core.frames import Pixels, Prediction
from vidclf.core.stopwatch import Stopwatch
from vidclf.inference.engine import Engine
from vidclf.inference.predictor import Predictor
from vidclf.models import Model
from vidclf.models.keras_files.loading import import_keras
from vidclf.models.network import KerasNetwork
from vidclf.settings import InferenceSettings
from vidclf.sources import open_source

pytestmark = pytest.mark.uncounted

WINDOW = 6
SHAPE = (WINDOW, 24, 32, 3)


def build(kind: str) -> Any:
    """A clip model of three classes whose answers differ from window to window."""
    keras = import_keras()
    keras.utils.set_random_seed(11)
    body = keras.Sequential([keras.layers.Input(SHAPE), *clip_layers(kind)])
    head = keras.layers.Dense(3, activation="softmax")
    model = keras.Sequential([body, head])
    numbers = np.arange(8 * WINDOW)
    pictures = np.stack([numbered_picture(n, width=32, height=24) for n in numbers])
    told = np.asarray(body(np.float32(pictures.reshape(8, *SHAPE)) / 255)) @ head.kernel
    spread = np.std(told, axis=0)
    head.set_weights([np.asarray(head.kernel) / spread, -np.mean(told, axis=0) / spread])
    return model


def clip_layers(kind: str) -> list[Any]:
    layers = import_keras().layers
    if kind == "conv3d":
        return [layers.Conv3D(6, 3, strides=2, activation="relu"), layers.GlobalAveragePooling3D()]
    if kind == "convlstm":
        return [layers.ConvLSTM2D(4, 3, strides=2), layers.GlobalAveragePooling2D()]
    return [
        layers.TimeDistributed(layers.Conv2D(6, 3, strides=4, activation="relu")),
        layers.TimeDistributed(layers.GlobalAveragePooling2D()),
        layers.GRU(8),
    ]


@pytest.fixture(scope="module", params=["conv3d", "convlstm", "gru"])
def network(request: pytest.FixtureRequest) -> tuple[str, Any]:
    return request.param, build(request.param)


@pytest.fixture(scope="module")
def gapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 frames, twice as fast in the second half, with a gap of a second between."""
    path = tmp_path_factory.mktemp("clips") / "gapped.mkv"
    pts = [*range(0, 1600, 80), *range(2600, 3400, 40)]
    return make_clip(path, ClipSpec(pts=pts, time_base=Fraction(1, 1000)))


def predict(
    path: Path, engine: Engine, settings: InferenceSettings
) -> tuple[list[Prediction], Predictor]:
    with open_source(path) as source:
        predictor = Predictor(source, engine=engine, settings=settings, watch=Stopwatch())
        return [prediction for _, prediction in predictor.predictions()], predictor


def read_plainly(path: Path) -> tuple[Pixels, list[float]]:
    """All frames at the model's size, and their times, with PyAV and OpenCV alone."""
    with av.open(str(path)) as container:
        frames = [*container.decode(video=0)]
    size = (SHAPE[2], SHAPE[1])
    pictures = [frame.to_ndarray(format="rgb24") for frame in frames]
    small = [cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in pictures]
    return np.stack(small), [float(frame.time) for frame in frames]


def by_hand(model: Any, pixels: Pixels, samples: list[int], stride: int) -> dict[int, np.ndarray]:
    """Each sample's scores: the mean of plain Keras' over the windows that cover it."""
    windows = [[samples[i] for i in w] for w in windows_of(len(samples), WINDOW, stride)]
    scores = np.asarray(model(np.float32(pixels[np.array(windows)]) / 255))
    over = {s: [row for w, row in zip(windows, scores, strict=True) if s in w] for s in samples}
    return {sample: np.mean(rows, axis=0) for sample, rows in over.items()}


@pytest.mark.parametrize("runtime", ["openvino", "tensorflow"])
@pytest.mark.parametrize(
    ("options", "samples"),
    [
        ({}, [*range(40)]),
        ({"window_stride": 6, "batch_size": 3}, [*range(40)]),
        ({"frame_step": 3, "window_stride": 1}, [*range(0, 40, 3)]),
        ({"frame_step": 9}, [*range(0, 40, 9)]),
        ({"clip_fps": 5.0}, [0, 3, 5, 8, 10, 13, 15, 18, 20, 25, 30, 35]),
    ],
)
def test_scores_are_those_of_plain_keras_over_the_windows(
    network: tuple[str, Any],
    gapped: Path,
    options: dict[str, Any],
    samples: list[int],
    runtime: Any,
) -> None:
    kind, model = network
    settings = InferenceSettings(runtime=runtime, smooth=0, **options)
    info = describe(name=kind, digest=kind.ljust(64, "0"))
    engine = Engine(Model(info=info, load=lambda: KerasNetwork(model)), settings)
    predictions, predictor = predict(gapped, engine, settings)
    assert engine.runtime_name == runtime
    pixels, times = read_plainly(gapped)
    wanted = by_hand(model, pixels, samples, settings.window_stride or WINDOW // 2)
    assert [p.pts_seconds for p in predictions] == pytest.approx(times)
    assert [p.index for p in predictions if p.inferred] == samples
    assert predictor.frames_inferred == len(samples)
    for prediction in predictions:
        latest = max(sample for sample in samples if sample <= prediction.index)
        np.testing.assert_allclose(prediction.scores, wanted[latest], atol=1e-5)
    if len(samples) > WINDOW:
        assert np.ptp([p.scores for p in predictions], axis=0).max() > 0.05
