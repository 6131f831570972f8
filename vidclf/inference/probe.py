"""The first frames of a running stream, as the model takes them, without losing them.

A model that is converted is checked on real frames, and the question how its input was scaled shows
what it would say to one. A camera or a pipe cannot be opened a second time for that: the frames are
taken from the stream that is being predicted, and go on down the line afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vidclf.core.frames import Frame, Pixels
from vidclf.inference.windows import filled

SampledFrame = tuple[Frame, Pixels | None]
"""A frame, and its pixels at the model's input size where the model is to see it."""

_FRAMES = 8
_STRIDE = 8
_MOST_HELD_BYTES = 256 * 2**20
"""How much the frames may hold: 80 of 1080p, and 20 of 4K."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeInputs:
    """Some inputs of a model, made of the frames of a clip."""

    pixels: Pixels
    """(N, h, w, 3) uint8 RGB at the model's input size; (N, T, h, w, 3) for a clip model."""
    names: tuple[str, ...]
    """What people call each: `frame 24`, or `frames 0-15`."""


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

    def probe(self, window: int | None) -> ProbeInputs:
        """Some of the first frames, as the model takes them.

        Args:
            window: frames in one input of a clip model; None for a model of single frames.

        Returns:
            Every eighth of the first 57 frames; for a clip model two windows, of the first 2·T
            samples. Fewer where the clip is shorter, or where its frames hold more than 256 MiB.
        """
        if window is not None:
            samples = self._samples(2 * window)
            return _as_windows([samples[:window], samples[-window:]], window)
        held = self._hold(_FRAMES * _STRIDE - _STRIDE + 1)[::_STRIDE]
        return ProbeInputs(
            pixels=np.stack(
                [self._resize(frame) if pixels is None else pixels for frame, pixels in held]
            ),
            names=tuple(f"frame {frame.index}" for frame, _ in held),
        )

    def _samples(self, count: int) -> list[tuple[Frame, Pixels]]:
        """The first frames that the model is to see, with their pixels."""
        samples: list[tuple[Frame, Pixels]] = []
        place = 0
        while len(samples) < count and len(self._hold(place + 1)) > place:
            frame, pixels = self._waiting[place]
            if pixels is not None:
                samples.append((frame, pixels))
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


def made_up_inputs(input_size: tuple[int, int], window: int | None) -> ProbeInputs:
    """Inputs for a model of which no frame is at hand, as before a server's first client.

    The pictures are noise whose power falls with the square of the frequency, as that of natural
    scenes does (Field 1987, J. Opt. Soc. Am. A 4, 2379), from black to white in each colour.

    Args:
        input_size: (height, width) of the model's input.
        window: frames in one input of a clip model; None for a model of single frames.
    """
    height, width = input_size
    draw = np.random.default_rng(0)
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)
    frequency = np.maximum(np.hypot(down, across), 1 / max(height, width))
    shape = (_FRAMES * (window or 1), 3, height, width)
    spectrum = np.fft.rfft2(draw.standard_normal(shape)) / frequency
    noise = np.moveaxis(np.fft.irfft2(spectrum, s=(height, width)), 1, -1)
    low, high = noise.min(axis=(1, 2), keepdims=True), noise.max(axis=(1, 2), keepdims=True)
    pixels = np.round(255 * (noise - low) / np.maximum(high - low, 1e-9)).astype(np.uint8)
    if window is not None:
        pixels = pixels.reshape(_FRAMES, window, height, width, 3)
    return ProbeInputs(
        pixels=pixels, names=tuple(f"made-up picture {place}" for place in range(_FRAMES))
    )


def _as_windows(windows: Sequence[Sequence[tuple[Frame, Pixels]]], size: int) -> ProbeInputs:
    return ProbeInputs(
        pixels=np.stack([filled([pixels for _, pixels in window], size) for window in windows]),
        names=tuple(f"frames {window[0][0].index}-{window[-1][0].index}" for window in windows),
    )
