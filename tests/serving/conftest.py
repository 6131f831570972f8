"""One server for all tests that need nothing special of it."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.live_server import LiveServer, live_server


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
