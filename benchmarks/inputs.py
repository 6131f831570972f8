"""The clips that the programs are measured on, made here from photographs: no download.

Slow pans and cuts over photographs that come with scikit-image, made as large as the clip. Enlarged
photographs are smoother than footage, so a still texture is laid over them, and grain that changes
with every frame, as a sensor's does. The sound is a slow chord.

    python benchmarks/inputs.py FOLDER [NAME ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # speed.py reads the list below and must stay small (measure.py says why)
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

SAMPLE_RATE = 48_000
ENCODER = {"crf": "20", "preset": "medium"}
GRAIN_LEVELS = 1.9
"""Standard deviation of the grain, in levels of 255."""
TEXTURE_SHARE = 0.22
SPARE = 1.2
"""How much larger than the clip a still is, which leaves room to pan."""
SHOTS = (
    ("chelsea", "gravel"),
    ("coffee", "grass"),
    ("rocket", "brick"),
    ("astronaut", "grass"),
    ("motorcycle", "gravel"),
)
"""Photograph and texture of each shot, names of `skimage.data`."""
SHOT_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a clip is like."""

    size: str
    """Short name of its pictures' size and rate, such as `720p`."""
    title: str
    """What reports call these."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    rate: int
    """Frames a second."""
    seconds: int
    """Length."""

    @property
    def name(self) -> str:
        """Its file's stem; its length is in it, so that a changed one is made again."""
        return f"{self.size}_{self.seconds}s"

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.rate * self.seconds


_720P = Clip(size="720p", title="1280×720, 25 fps", width=1280, height=720, rate=25, seconds=1)
_SIZES = (
    _720P,
    Clip(size="1080p60", title="1920×1080, 60 fps", width=1920, height=1080, rate=60, seconds=1),
    Clip(size="4k", title="3840×2160, 25 fps", width=3840, height=2160, rate=25, seconds=1),
)
CLIPS = (_720P, *(replace(clip, seconds=seconds) for seconds in (10, 30) for clip in _SIZES))
"""One of a second, and three sizes of 10 and of 30 seconds."""
SHORT_CLIP = Clip(size="short", title="320×180, 30 fps", width=320, height=180, rate=30, seconds=1)


def main() -> None:
    """Make the clips that are not there yet."""
    names = [clip.name for clip in (*CLIPS, SHORT_CLIP)]
    parser = argparse.ArgumentParser(description="Make the clips of benchmarks/speed.py.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    arguments = parser.parse_args()
    for name in arguments.names or [clip.name for clip in CLIPS]:
        clip = clip_named(name)
        make(clip, clip_path(clip, arguments.folder))


def clip_named(name: str) -> Clip:
    """The clip of that name, such as `720p_10s`."""
    [clip] = [clip for clip in (*CLIPS, SHORT_CLIP) if clip.name == name]
    return clip


def clip_path(clip: Clip, folder: Path) -> Path:
    """Where a clip stands."""
    return folder / f"{clip.name}.mp4"


def make(clip: Clip, path: Path) -> None:
    """Write a clip, unless it is there."""
    import av

    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with av.open(str(unfinished), "w", format="mp4") as container:
        video: Any = container.add_stream("libx264", rate=clip.rate, options=ENCODER)
        video.width, video.height, video.pix_fmt = clip.width, clip.height, "yuv420p"
        video.thread_type = "AUTO"  # PyAV's own default cuts pictures into slices
        sound: Any = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        for index, planes in enumerate(pictures(clip)):
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, clip.rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for samples in chord(clip.seconds):
            container.mux(sound.encode(samples))
        container.mux(sound.encode(None))
    unfinished.rename(path)
    megabits = path.stat().st_size * 8e-6 / clip.seconds
    print(f"{path.name}: {clip.frames} frames, {megabits:.1f} Mbit/s")


def pictures(clip: Clip) -> Iterator[Pixels]:
    """Every picture as yuv420p planes one below the other, (height * 3 / 2, width) uint8."""
    import av
    import cv2
    import numpy as np

    random = np.random.default_rng(20)
    grain = random.normal(0, GRAIN_LEVELS, (clip.height + 64, clip.width + 64)).astype(np.float32)
    grain = np.rint(cv2.GaussianBlur(grain, (0, 0), 0.5) * 1.7).astype(np.int16)
    for picture in shots(clip):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        planes = frame.reformat(format="yuv420p").to_ndarray()
        top, left = random.integers(0, 64, 2)
        luma = planes[: clip.height]
        cv2.add(luma, grain[top:, left:][: clip.height, : clip.width], luma, dtype=cv2.CV_8U)
        yield planes


def shots(clip: Clip) -> Iterator[Pixels]:
    """The pictures without grain, (height, width, 3) uint8 RGB."""
    import cv2
    import numpy as np

    for first in range(0, clip.frames, frames_each := round(clip.rate * SHOT_SECONDS)):
        number = first // frames_each
        picture = still(*SHOTS[number % len(SHOTS)], size=(clip.width, clip.height))
        room = np.array([picture.shape[1] - clip.width, picture.shape[0] - clip.height])
        direction = np.array([1, 0.4] if number % 2 else [-0.8, 0.6])
        for place in range(min(frames_each, clip.frames - first)):
            x, y = room * (0.5 + direction * (place / frames_each - 0.5))
            matrix = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
            yield cv2.warpAffine(picture, matrix, (clip.width, clip.height))


def still(photograph: str, texture: str, *, size: tuple[int, int]) -> Pixels:
    """A photograph somewhat larger than (width, height), with the texture's fine detail on it."""
    import cv2
    import numpy as np
    from skimage import data

    loaded = data.stereo_motorcycle()[0] if photograph == "motorcycle" else None
    pixels = getattr(data, photograph)() if loaded is None else loaded
    width, height = (round(side * SPARE) for side in size)
    cut_height = min(pixels.shape[0], pixels.shape[1] * height // width)
    top = (pixels.shape[0] - cut_height) // 2
    cut = np.ascontiguousarray(pixels[top : top + cut_height, :, :3])
    large = cv2.resize(cut, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    tile = getattr(data, texture)().astype(np.float32)
    fine = tile - cv2.GaussianBlur(tile, (0, 0), 3, borderType=cv2.BORDER_REFLECT)
    tiled = np.tile(fine, (height // tile.shape[0] + 1, width // tile.shape[1] + 1))
    large += TEXTURE_SHARE * tiled[:height, :width, None]
    return np.clip(large, 0, 255).astype(np.uint8)


def chord(seconds: float) -> Iterator[Any]:
    """A swelling chord, as stereo audio frames."""
    import av
    import numpy as np

    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    notes = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220.0, 277.2, 329.6))
    wave = (0.1 * notes * (1 + np.sin(np.pi * time)) / 2).astype(np.float32)
    for start in range(0, len(wave), 1024):
        part = np.ascontiguousarray(np.tile(wave[start : start + 1024], (2, 1)))
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame


if __name__ == "__main__":
    main()
