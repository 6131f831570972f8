"""Servers for all tests that need nothing special of them."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from helpers.live_server import LiveServer, live_server
from helpers.tiny_model import build_tiny_model

OTHER_HEADS = {"sigmoid": "sigmoid", "binary": "sigmoid", "regression": "linear"}
"""A head but softmax, and the activation that a model of it ends with."""


@pytest.fixture(scope="session")
def server(tiny_model: Path) -> Iterator[LiveServer]:
    """A server of the tiny model, without smoothing."""
    with live_server(model=tiny_model, smooth=0.0) as running:
        yield running


@pytest.fixture
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that clients do in the test reaches the log, also no task that ends unheard."""
    with caplog.at_level(logging.WARNING):
        yield
        gc.collect()
    assert not caplog.text


@pytest.fixture(scope="session")
def servers(
    server: LiveServer, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[LiveServer, Path]]]:
    """Head → a server of a model with it, without smoothing, and the model."""
    with ExitStack() as stack:
        running = {"softmax": (server, tiny_model)}
        for head, activation in OTHER_HEADS.items():
            path = tmp_path_factory.mktemp(head) / "model.keras"
            build_tiny_model(head=activation, units=1 if head == "binary" else 3).save(path)
            serving = live_server(model=path, head=head, smooth=0.0)
            running[head] = stack.enter_context(serving), path
        yield running
