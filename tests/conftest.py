"""What several tests share: a cache of their own, a tiny Keras model, a clip or two."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import launched, tell_what_was_left_out
from clips import ClipSpec, Track, make_clip

from vidclf.models.keras_files.loading import import_keras

COLOURS = ("dark", "red", "green", "blue")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Converted models go to a folder of this test run, not to the user's."""
    os.environ["VIDCLF_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a test's `-q` or `-v` sets does not last beyond it."""
    loggers = [logging.getLogger(name) for name in ("vidclf", "vidclf.inference.runtimes")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `.keras` classifier of four classes on 32x24 pictures, with its scaling inside."""
    path = tmp_path_factory.mktemp("models") / "tiny.keras"
    build_tiny_model().save(path)
    path.with_name("tiny.txt").write_text("\n".join(COLOURS) + "\n", encoding="utf-8")
    return path


def build_tiny_model(*, scaling: bool = True, head: str = "softmax", units: int = 4) -> Any:
    """A network whose answers depend on the picture's average colour in its upper part."""
    keras = import_keras()
    keras.utils.set_random_seed(7)
    layers = [keras.layers.Input((24, 32, 3))]
    if scaling:
        layers.append(keras.layers.Rescaling(1 / 255))
    layers += [
        keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(units, activation=head, kernel_initializer="he_uniform"),
    ]
    model = keras.Sequential(layers)
    weights = model.get_weights()
    weights[-2] = weights[-2] * 12  # let the answers differ from frame to frame
    model.set_weights(weights)
    return model


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 48 numbered frames in 2 s, with one AAC track."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    return make_clip(path, ClipSpec(frames=48, tracks=[Track()]))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser for all tests of pages; see browser.py."""
    with launched() as browser:
        yield browser


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say so where there was no browser."""
    tell_what_was_left_out(terminalreporter)
