"""Services without a network around them, and frames for them."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from PIL import Image

from helpers.clips import numbered_picture
from vidclf.core.frames import Pixels, Scores
from vidclf.serving.options import ServeOptions
from vidclf.serving.problems import Problem
from vidclf.serving.sent_frame import SentFrame
from vidclf.serving.service import Service, open_model
from vidclf.settings import Settings


def png(pixels: Pixels) -> bytes:
    """A picture as a client sends it without loss."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def numbered_png(number: int) -> bytes:
    """A PNG that carries a number, in its colours, too."""
    return png(numbered_picture(number))


def sent(number: int, *, seconds: float | None = None) -> SentFrame:
    """A frame that carries a number as its picture and its id."""
    return SentFrame.of({"id": number, "timestamp": seconds}, numbered_png(number))


def plain(color: tuple[int, int, int], *, width: int = 64, height: int = 48) -> bytes:
    """A PNG of one colour."""
    return png(np.full((height, width, 3), color, np.uint8))


@asynccontextmanager
async def running_service(*, max_wait_ms: float = 5.0, **settings: Any) -> AsyncIterator[Service]:
    """A service that is stopped at the end of the block."""
    chosen = Settings(**settings)
    service = Service(open_model(chosen), chosen, ServeOptions(max_wait_ms=max_wait_ms))
    try:
        yield service
    finally:
        await service.stop()


class Gate:
    """Stands before the model of a service: batches wait until it is opened for each."""

    def __init__(self, service: Service) -> None:
        self.batches: list[int] = []
        """How many inputs each batch had."""
        self._opened = threading.Semaphore(0)
        self._arrived = threading.Semaphore(0)
        network = service._scheduler._network
        compute = network.scores

        def scores(inputs: list[Pixels]) -> list[Scores | Problem]:
            self.batches.append(len(inputs))
            self._arrived.release()
            self._opened.acquire()
            return compute(inputs)

        network.scores = scores  # type: ignore[method-assign]

    async def arrived(self) -> None:
        """Wait until a batch stands before the gate."""
        await asyncio.to_thread(self._arrived.acquire)

    def open(self, batches: int = 1) -> None:
        """Let batches through, now or later."""
        for _ in range(batches):
            self._opened.release()
