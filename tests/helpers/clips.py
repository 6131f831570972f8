"""Clips made on the spot whose frames carry their number, so that drops, doubles and swaps show.

The number stands as 12 bits in a row of black and white cells across the middle third of the
picture; it survives lossy codecs, odd sizes and scaling. The top third is a colour that changes
with the number, the bottom third a steady grey ramp.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 12
Pixels = NDArray[np.uint8]


def numbered_picture(number: int, *, width: int = 192, height: int = 144) -> Pixels:
    """A (height, width, 3) uint8 RGB picture that carries `number` (0 to 4095)."""
    picture = np.empty((height, width, 3), np.uint8)
    third = height // 3
    picture[:third] = [(number * 37) % 200 + 28, (number * 91) % 200 + 28, (number * 53) % 200 + 28]
    edges = np.linspace(0, width, BITS + 1).astype(int)
    for bit in range(BITS):
        picture[third : 2 * third, edges[bit] : edges[bit + 1]] = 235 * (number >> bit & 1) + 10
    picture[2 * third :] = np.linspace(20, 230, width, dtype=np.uint8)[None, :, None]
    return picture


def read_number(picture: Pixels) -> int:
    """The number a picture carries; the inverse of `numbered_picture`, from lossy pixels too."""
    height, width = picture.shape[:2]
    row = picture[int(height * 0.42) : int(height * 0.58)].mean(axis=(0, 2))
    edges = np.linspace(0, width, BITS + 1)
    centres = ((edges[:-1] + edges[1:]) / 2).astype(int)
    return sum(1 << bit for bit, x in enumerate(centres) if row[x - 1 : x + 2].mean() > 127)


@dataclass(frozen=True, kw_only=True)
class Track:
    """An audio track of a made clip: a sine of `hertz`."""

    codec: str = "aac"
    rate: int = 48000
    layout: str = "stereo"
    hertz: float = 440.0
    seconds: float | None = None
    """How long it sounds; by default as long as there are pictures."""
    options: dict[str, str] = field(default_factory=dict)
    """What its encoder is told."""
    start_seconds: float = 0.0
    """When it begins."""


@dataclass(frozen=True, kw_only=True)
class ClipSpec:
    """What a made clip is."""

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    frames: int = 24
    width: int = 192
    height: int = 144
    rate: Fraction = Fraction(24)
    time_base: Fraction | None = None
    pts: Sequence[int] | None = None
    """Timestamps in ticks of `time_base`; by default one tick of 1/rate a frame."""
    options: dict[str, str] = field(default_factory=lambda: {"crf": "16"})
    tracks: Sequence[Track] = ()
    pixel_aspect: Fraction = Fraction(1)
    rotation: int = 0
    """Degrees the coded picture must be turned clockwise to be upright; width, height are coded."""
    mirrored: bool = False
    """Whether it must then be flipped left to right too."""
    mux_options: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    """Name of the container, where the suffix does not tell."""


def make_clip(path: Path, spec: ClipSpec | None = None) -> Path:
    """Write the clip to `path`, whose suffix names the container, and return the path."""
    spec = spec or ClipSpec()
    time_base = spec.time_base or 1 / spec.rate
    pts = spec.pts if spec.pts is not None else range(spec.frames)
    with av.open(str(path), "w", format=spec.format, options=spec.mux_options) as container:
        video = container.add_stream(spec.codec, rate=spec.rate, options=dict(spec.options))
        video.width, video.height, video.pix_fmt = spec.width, spec.height, spec.pixel_format
        video.time_base = video.codec_context.time_base = time_base
        video.codec_context.sample_aspect_ratio = spec.pixel_aspect
        if spec.rotation or spec.mirrored:
            video.set_display_matrix(display_matrix(spec.rotation, mirrored=spec.mirrored))
        audio = [
            container.add_stream(t.codec, rate=t.rate, layout=t.layout, options=dict(t.options))
            for t in spec.tracks
        ]
        for number, ticks in enumerate(pts):
            picture = coded_picture(number, spec)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(format=spec.pixel_format)
            frame.pts, frame.time_base = ticks, time_base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        seconds = float((max(pts) + 1) * time_base)
        for track, stream in zip(spec.tracks, audio, strict=True):
            for samples in _sine(track, track.seconds or seconds, stream):
                container.mux(stream.encode(samples))
            container.mux(stream.encode(None))
    return path


def coded_picture(number: int, spec: ClipSpec) -> Pixels:
    """The numbered picture as it is coded, so that it is upright after `spec`'s turn and flip."""
    width, height = spec.width, spec.height
    if spec.rotation % 180:
        width, height = height, width
    upright = numbered_picture(number, width=width, height=height)
    turned = upright[:, ::-1] if spec.mirrored else upright
    return np.ascontiguousarray(np.rot90(turned, spec.rotation // 90))


def display_matrix(rotation: int, *, mirrored: bool = False) -> list[int]:
    """The nine numbers of a display matrix that turns clockwise, then flips left to right."""
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotation]
    side = -1 if mirrored else 1
    one = 1 << 16
    return [side * cos * one, sin * one, 0, side * -sin * one, cos * one, 0, 0, 0, 1 << 30]


def _sine(track: Track, seconds: float, stream: av.AudioStream) -> Iterable[av.AudioFrame]:
    size = stream.codec_context.frame_size or 1024
    kind = stream.codec_context.format
    channels = stream.codec_context.layout.nb_channels
    resampler = av.AudioResampler(format=kind, layout=track.layout, rate=track.rate)
    for start in range(0, int(seconds * track.rate), size):
        annotation = np.arange(start, start + size) / track.rate
        wave = (0.2 * np.sin(2 * np.pi * track.hertz * annotation)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(
            np.repeat(wave[None], channels, 0), format="fltp", layout=track.layout
        )
        frame.rate, frame.time_base = track.rate, Fraction(1, track.rate)
        frame.pts = start + round(track.start_seconds * track.rate)
        yield from resampler.resample(frame)
