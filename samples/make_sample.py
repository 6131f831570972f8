"""Make `photographs.mp4`: 18 s of slow pans, cuts and cross-fades over public-domain photographs.

The photographs come with scikit-image (README.md in this folder names each); the sound is a few
plucked notes made here. Needs `pip install scikit-image`.

    python samples/make_sample.py [OUTPUT.mp4]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

WIDTH, HEIGHT, RATE = 1280, 720, 25
SAMPLE_RATE = 48_000

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A photograph and the slow move of a 16:9 window over it."""

    photograph: str
    """Name of the function in `skimage.data` that gives it."""
    seconds: float
    """How long it stands, its fade included."""
    first: tuple[float, float, float]
    """Window at the start: centre x, centre y and width, as parts of the photograph's width
    (and height, for y)."""
    last: tuple[float, float, float]
    """Window at the end."""
    fade_seconds: float = 0.0
    """Cross-fade from the shot before; 0 for a cut."""


SHOTS = (
    Shot(photograph="chelsea", seconds=4.4, first=(0.50, 0.45, 0.98), last=(0.46, 0.42, 0.72)),
    Shot(
        photograph="coffee", seconds=4.4, fade_seconds=1.0,
        first=(0.42, 0.50, 0.80), last=(0.54, 0.52, 0.98),
    ),
    Shot(photograph="rocket", seconds=3.6, first=(0.50, 0.62, 0.96), last=(0.50, 0.42, 0.80)),
    Shot(
        photograph="astronaut", seconds=3.4, fade_seconds=0.8,
        first=(0.50, 0.62, 0.98), last=(0.46, 0.30, 0.72),
    ),
    Shot(photograph="chelsea", seconds=4.2, fade_seconds=1.0,
         first=(0.42, 0.40, 0.60), last=(0.52, 0.50, 0.98)),
)  # fmt: skip


def main(output: Path) -> None:
    """Write the clip."""
    with av.open(str(output), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=RATE, options={"crf": "23", "preset": "slow"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options={"b": "96k"})
        count = 0
        for count, picture in enumerate(pictures(), start=1):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = count - 1, Fraction(1, RATE)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for samples in music(count / RATE):
            container.mux(sound.encode(samples))
        container.mux(sound.encode(None))
    print(f"{output}: {count} frames, {count / RATE:.1f} s, {output.stat().st_size / 1e6:.2f} MB")


def pictures() -> Iterator[Pixels]:
    """Every picture of the clip, (720, 1280, 3) uint8 RGB."""
    tail: list[Pixels] = []
    for number, shot in enumerate(SHOTS):
        moved = list(move(shot))
        fade = len(tail)
        for place in range(fade):
            weight = (place + 1) / (fade + 1)
            yield cv2.addWeighted(tail[place], 1 - weight, moved[place], weight, 0)
        following = SHOTS[number + 1].fade_seconds if number + 1 < len(SHOTS) else 0.0
        end = len(moved) - round(following * RATE)
        yield from moved[fade:end]
        tail = moved[end:]


def move(shot: Shot) -> Iterator[Pixels]:
    """The pictures of one shot; the window eases in and out."""
    photograph = np.ascontiguousarray(getattr(data, shot.photograph)()[..., :3])
    frames = round(shot.seconds * RATE)
    for place in range(frames):
        eased = 0.5 - 0.5 * np.cos(np.pi * place / (frames - 1))
        x, y, width = (1 - eased) * np.array(shot.first) + eased * np.array(shot.last)
        yield window(photograph, x=x, y=y, width=width)


def window(photograph: Pixels, *, x: float, y: float, width: float) -> Pixels:
    """The 16:9 part of a photograph around (x, y), scaled to the clip's size."""
    height_px, width_px = photograph.shape[:2]
    scale = WIDTH / (width * width_px)
    least_x, least_y = WIDTH / scale / 2, HEIGHT / scale / 2
    centre_x = np.clip(x * width_px, least_x, max(least_x, width_px - least_x))
    centre_y = np.clip(y * height_px, least_y, max(least_y, height_px - least_y))
    matrix = np.array(
        [
            [scale, 0, WIDTH / 2 - scale * (centre_x - 0.5)],
            [0, scale, HEIGHT / 2 - scale * (centre_y - 0.5)],
        ]
    )
    return cv2.warpAffine(
        photograph, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def music(seconds: float) -> Iterator[av.AudioFrame]:
    """Plucked notes of a slow chord progression, as stereo frames."""
    wave = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    chords = (
        (220.0, 277.2, 329.6, 440.0),
        (174.6, 220.0, 261.6, 349.2),
        (196.0, 246.9, 293.7, 392.0),
    )
    for step in range(int(seconds * 2)):
        pitch = chords[step // 8 % len(chords)][(step * 3) % 4]
        start = step * SAMPLE_RATE // 2
        time = np.arange(min(2 * SAMPLE_RATE, len(wave) - start)) / SAMPLE_RATE
        note = np.sin(2 * np.pi * pitch * time) + 0.3 * np.sin(4 * np.pi * pitch * time)
        wave[start : start + len(time)] += 0.12 * np.exp(-3 * time) * note
    wave *= np.minimum(1, (len(wave) - np.arange(len(wave))) / SAMPLE_RATE)
    for start in range(0, len(wave), 1024):
        part = np.ascontiguousarray(np.tile(wave[start : start + 1024], (2, 1)).astype(np.float32))
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("photographs.mp4"))
