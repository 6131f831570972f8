"""The first frames of a running stream, as the model takes them, without losing them.

A model that is converted is checked on real frames, and the question how its input was scaled shows
what it would say to one. A camera or a pipe cannot be opened a second time for that: the frames are
taken from the stream that is being predicted, and go on down the line afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from vidclf.core.frames import Frame, Pixels
from vidclf.inference.windows import filled

SampledFrame = tuple[Frame, Pixels | None]
"""A frame, and its pixels at the model's input size where the model is to see it."""

_FRAMES = 8
_STRIDE = 8
_MOST_HELD_BYTES = 256 * 2**20
"""How much the frames may hold: 80 of 1080p, and 20 of 4K."""


class ProbedStream:
    """A stream whose first frames can be looked at before they are used.

    Args:
        frames: the frames of a clip, in order.
        resize: a frame → its pixels at the model's input size.
    """

    def __init__(
        self, frames: Iterator[SampledFrame], *, resize: Callable[[Frame], Pixels]
    ) -> None:
        self._frames = frames
        self._resize = resize
        self._waiting: list[SampledFrame] = []

    def __iter__(self) -> Iterator[SampledFrame]:
        while self._waiting:
            yield self._waiting.pop(0)
        yield from self._frames

    def is_empty(self) -> bool:
        """Whether no frame is left; waits for the next one."""
        return not self._hold(1)

    def probe(self, window: int | None) -> Pixels:
        """Some of the first frames, as the model takes them.

        Args:
            window: frames in one input of a clip model; None for a model of single frames.

        Returns:
            (N, h, w, 3) uint8 RGB: every eighth of the first 57 frames; for a clip model
            (2, T, h, w, 3), the first 2·T samples. Fewer where the clip is shorter, or where its
            frames hold more than 256 MiB.
        """
        if window is None:
            held = self._hold(_FRAMES * _STRIDE - _STRIDE + 1)[::_STRIDE]
            return np.stack(
                [self._resize(frame) if pixels is None else pixels for frame, pixels in held]
            )
        samples = self._samples(2 * window)
        return np.stack([filled(samples[:window], window), filled(samples[-window:], window)])

    def _samples(self, count: int) -> list[Pixels]:
        """The pixels of the first frames that the model is to see."""
        samples: list[Pixels] = []
        place = 0
        while len(samples) < count and len(self._hold(place + 1)) > place:
            pixels = self._waiting[place][1]
            if pixels is not None:
                samples.append(pixels)
            place += 1
        return samples

    def _hold(self, count: int) -> list[SampledFrame]:
        """The next frames: so many, or as many as there are and may be held."""
        held_bytes = sum(frame.picture.held_bytes for frame, _ in self._waiting)
        while len(self._waiting) < count and held_bytes < _MOST_HELD_BYTES:
            item = next(self._frames, None)
            if item is None:
                break
            self._waiting.append(item)
            held_bytes += item[0].picture.held_bytes
        return self._waiting[:count]
