"""Live answers are those of `predict`, whatever computes and whatever the model is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.clips import numbered_picture
from helpers.live_frames import numbered_png, running_service
from helpers.tiny_model import build_tiny_model
from PIL import Image

import vidclf
from vidclf.models.keras_files.loading import import_keras
from vidclf.serving.outcomes import Json
from vidclf.serving.sent_frame import SentFrame

pytestmark = pytest.mark.uncounted

FPS = 10
COUNT = 9


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Numbered pictures, which `predict` reads as a clip."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(COUNT):
        Image.fromarray(numbered_picture(number)).save(folder / f"{number:03}.png")
    return folder


def live(**settings: Any) -> list[Json]:
    """The answers to the same pictures, sent one by one."""

    async def ask() -> list[Json]:
        async with running_service(**settings) as service:
            session = service.clients.join(None, on_taken=lambda problem: None).session
            return [
                await service.answer(
                    session, SentFrame.of({"timestamp": number / FPS}, numbered_png(number))
                )
                for number in range(COUNT)
            ]

    return asyncio.run(ask())


def last_rows(folder: Path, **settings: Any) -> list[Any]:
    """The last row of the table of each beginning of the clip."""
    return [
        vidclf.predict(folder, fps=FPS, end=f"{count}f", **settings).iloc[-1]
        for count in range(1, COUNT + 1)
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"smooth": 0.0},
        {"smooth": 0.5},
        {"smooth": 0.5, "stride": 3},
        {"smooth": 0.4, "infer_fps": 4.0},
        {"smooth": 0.5, "runtime": "tensorflow"},
        {"smooth": 0.5, "resize": "crop:bilinear", "crop": "top=20%"},
    ],
)
def test_each_answer_is_the_last_row_so_far(
    settings: dict[str, Any], folder: Path, tiny_model: Path
) -> None:
    answers = live(model=tiny_model, **settings)
    rows = last_rows(folder, model=tiny_model, **settings)
    for answer, row in zip(answers, rows, strict=True):
        assert (answer["frame"], answer["inferred"]) == (row["frame"], row["inferred"])
        assert (answer["label"], answer["raw_label"]) == (row["label"], row["raw_label"])
        assert answer["confidence"] == pytest.approx(row["confidence"], abs=1e-5)
        assert answer["raw_confidence"] == pytest.approx(row["raw_confidence"], abs=1e-5)
        assert answer["top"][1]["label"] == row["top2_label"]


def test_values_are_those_of_the_table(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "values.keras"
    model = build_tiny_model(head="linear", units=2)
    model.compile(loss="mse")
    model.save(path)
    settings: dict[str, Any] = {"model": path, "smooth": 0.5, "head": "regression"}
    answers = live(**settings)
    for answer, row in zip(answers, last_rows(folder, **settings), strict=True):
        for name, value in answer["values"].items():
            assert value == pytest.approx(row[f"value_{name}"], abs=1e-4)
            assert answer["raw_values"][name] == pytest.approx(row[f"raw_{name}"], abs=1e-4)
        assert "label" not in answer


@pytest.mark.parametrize("threshold", [None, 0.2])
def test_labels_that_count_are_those_of_the_table(
    threshold: float | None, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "labels.keras"
    build_tiny_model(head="sigmoid").save(path)
    settings: dict[str, Any] = {"model": path, "smooth": 0.3, "threshold": threshold}
    answers = live(**settings)
    for answer, row in zip(answers, last_rows(folder, **settings), strict=True):
        assert "; ".join(answer["labels"]) == row["labels"]
        assert answer["certain"] == bool(row["labels"])


def test_a_clip_model_is_shown_what_predict_shows_it(folder: Path, tmp_path: Path) -> None:
    keras = import_keras()
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.layers.Input((4, 24, 32, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv3D(6, 3, strides=2, activation="relu"),
            keras.layers.GlobalAveragePooling3D(),
            keras.layers.Dense(3, activation="softmax", kernel_initializer="he_uniform"),
        ]
    )
    model.save(tmp_path / "clips.keras")
    settings: dict[str, Any] = {"model": tmp_path / "clips.keras", "smooth": 0.0}
    answers = live(**settings)  # a window of four every two frames
    rows = last_rows(folder, **settings)
    assert [answer["inferred"] for answer in answers] == [
        number % 2 == 0 for number in range(COUNT)
    ]
    for answer, row in list(zip(answers, rows, strict=True))[::2]:
        assert answer["raw_confidence"] == pytest.approx(row["raw_confidence"], abs=1e-5)
        assert answer["raw_label"] == row["raw_label"]
    assert np.ptp([answer["raw_confidence"] for answer in answers]) > 1e-3
