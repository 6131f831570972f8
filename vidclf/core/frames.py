"""The values that flow down the line: what a clip is, its frames, their predictions.

Indexes start at 0, rates and time bases are fractions, and a frame's time is its own timestamp
(`pts * time_base`), never `index / fps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

Pixels = NDArray[np.uint8]
Scores = NDArray[np.float32]

LARGE_PIXELS = 2560 * 1440
"""Of pictures beyond this as few as can be wait for their turn: in 4K each takes 12 MB."""

UNSPECIFIED = 2
"""The code point "unspecified" of ITU-T H.273, for matrix, primaries and transfer alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorInfo:
    """How a clip's numbers stand for colours, as the code points of ITU-T H.273."""

    matrix: int = UNSPECIFIED
    """YUV matrix: 1 BT.709, 5 and 6 BT.601, 9 BT.2020, 0 RGB."""
    primaries: int = UNSPECIFIED
    """Colour primaries."""
    transfer: int = UNSPECIFIED
    """Transfer characteristic; 16 is PQ and 18 HLG, the two HDR ones."""
    full_range: bool | None = None
    """True for 0 to 255, False for 16 to 235, None when the file does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """What is known of a clip before its first frame is decoded."""

    path: str
    """The file or folder, as it was given."""
    width: int
    """Pixels across, upright: after rotation."""
    height: int
    """Pixels down, upright: after rotation."""
    time_base: Fraction
    """Seconds in one tick of `Frame.pts`."""
    frame_rate: Fraction
    """Average frames per second; a nominal guess where the file gives none."""
    pixel_aspect: Fraction = Fraction(1)
    """Width of a pixel over its height, upright."""
    start_seconds: float = 0.0
    """The clip's own time at its start, as its header claims it."""
    duration_seconds: float | None = None
    """Length in seconds as the header claims it, None when it does not."""
    frame_count: int | None = None
    """Number of frames as the header claims it; often off by a few. None when it does not say."""
    has_audio: bool = False
    """Whether the file has an audio stream."""
    rotation: int = 0
    """Degrees (0, 90, 180, 270) the decoded picture is turned clockwise to stand upright."""
    mirrored: bool = False
    """Whether the decoded picture is also flipped left to right, after the turn."""
    color: ColorInfo = field(default_factory=ColorInfo)
    """How its numbers stand for colours."""
    codec: str = ""
    """Name of the codec, such as `h264`."""
    pixel_format: str = ""
    """Name of the decoded pixel format, such as `yuv420p`."""
    stream_index: int = 0
    """Which stream of the file is read."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a clip of {self.width}x{self.height} pixels has no picture")
        if self.time_base <= 0 or self.frame_rate <= 0 or self.pixel_aspect <= 0:
            raise ValueError("time base, frame rate and pixel aspect must be positive")


class Picture(Protocol):
    """A decoded picture, kept in the form it was decoded to."""

    @property
    def held_bytes(self) -> int:
        """How much memory it holds."""
        ...

    def rgb(self) -> Pixels:
        """The upright picture as (height, width, 3) uint8 RGB, newly made, free to be drawn on."""
        ...

    def yuv420(self) -> av.VideoFrame | None:
        """The upright picture as a new 8-bit 4:2:0 frame of even size, free to be drawn on.

        In the clip's own matrix and range, without tags; None where it has no such form.
        """
        ...

    def own_yuv420(self) -> av.VideoFrame | None:
        """The same in the picture's own memory, where it can be: only for its last use."""
        ...

    def plain_rgb(self) -> Pixels:
        """The same as PyAV, OpenCV and FFmpeg give it unasked, which is what models learn from.

        Up to 3 of 255 off the standards' formulas, and a quarter of the work; not to be drawn on.
        """
        ...


@dataclass(frozen=True, slots=True)
class RgbPicture:
    """A picture that is RGB already, as stills, GIFs and MoviePy clips give it."""

    pixels: Pixels
    """(height, width, 3) uint8 RGB, upright."""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"a picture is (height, width, 3) uint8, not {self.pixels.shape} of "
                f"{self.pixels.dtype}"
            )

    @property
    def held_bytes(self) -> int:
        """How much memory it holds."""
        return self.pixels.nbytes

    def rgb(self) -> Pixels:
        """A copy of the picture, (height, width, 3) uint8 RGB."""
        return self.pixels.copy()

    def yuv420(self) -> av.VideoFrame | None:
        """None: an RGB picture is drawn on in RGB."""
        return None

    def own_yuv420(self) -> av.VideoFrame | None:
        """None: an RGB picture is drawn on in RGB."""
        return None

    def plain_rgb(self) -> Pixels:
        """The picture itself, (height, width, 3) uint8 RGB."""
        return self.pixels


def in_seconds(ticks: int, time_base: Fraction) -> float:
    """Ticks as seconds: what `float(ticks * time_base)` gives, in a tenth of its time."""
    return ticks * time_base.numerator / time_base.denominator


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTime:
    """Which frame it is, and when it is shown."""

    index: int
    """0-based place among the clip's decoded frames, without gaps."""
    pts: int
    """Presentation timestamp in ticks of `time_base`; strictly increasing."""
    time_base: Fraction
    """Seconds in one tick."""

    @property
    def pts_seconds(self) -> float:
        """Presentation time in seconds on the clip's own clock."""
        return in_seconds(self.pts, self.time_base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(FrameTime):
    """One decoded frame, in presentation order."""

    picture: Picture
    """The decoded picture."""
    duration: int = 0
    """How long the frame stands, in ticks; 0 when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameBatch:
    """Frames, and the pixels of each at the model's input size."""

    frames: Sequence[Frame]
    """The N frames, in order."""
    pixels: Pixels
    """(N, h, w, 3) uint8 RGB."""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 4 or len(self.pixels) != len(self.frames):
            raise ValueError(
                f"{len(self.frames)} frames need (N, h, w, 3) pixels, not {self.pixels.shape}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the model says of one frame, and what the viewer is shown.

    A regression has values where others have scores, and no use for classes and confidences.
    """

    index: int
    """The frame's 0-based index."""
    pts_seconds: float
    """The frame's time in seconds on the clip's own clock."""
    scores: Scores
    """(C,) float32 scores after smoothing, or a regression's values: what is shown."""
    raw: Scores
    """(C,) float32, the model's own for this frame, before smoothing."""
    inferred: bool = True
    """False where the frame was skipped and carries an earlier frame's answer."""
    _ranked: dict[int, tuple[tuple[int, float], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def class_id(self) -> int:
        """The shown class: the best one after smoothing."""
        return int(self.scores.argmax())

    @property
    def confidence(self) -> float:
        """The shown class's score, 0 to 1."""
        return float(self.scores.max())

    @property
    def raw_class_id(self) -> int:
        """The model's own best class for this frame alone."""
        return int(self.raw.argmax())

    @property
    def raw_confidence(self) -> float:
        """The model's own score of that class, 0 to 1."""
        return float(self.raw.max())

    def top(self, k: int) -> tuple[tuple[int, float], ...]:
        """The k best (class id, score) pairs after smoothing, best first; ties by lower id.

        They are found once, as the frame's row and what is drawn on it show the same ones.
        """
        if k not in self._ranked:
            self._ranked[k] = self._best(k)
        return self._ranked[k]

    def _best(self, k: int) -> tuple[tuple[int, float], ...]:
        scores = self.scores
        least = np.partition(scores, -k)[-k] if k < len(scores) else -np.inf
        best = np.flatnonzero(scores >= least)  # few to sort, even of 1,000
        order = best[np.argsort(-scores[best], kind="stable")][:k]
        return tuple((int(i), float(scores[i])) for i in order)
