"""The pictures of labelled data, as a network is shown them: decoded, upright, brought to size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidclf.core.frames import Pixels
from vidclf.core.preprocessing import Crop, Resize
from vidclf.dataset.examples import LabelledSet

DEFAULT_FPS = 2.0
"""Frames a second that are taken of a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRule:
    """How a frame becomes what a network is shown."""

    input_size: tuple[int, int]
    """(height, width) in pixels."""
    resize: Resize
    """How frames are brought to that size."""
    crop: Crop | None = None
    """What is cut off the edges before."""
    fps: float = DEFAULT_FPS
    """Frames a second that are taken of a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One picture of an example: a still, or a frame of a clip."""

    example: int
    """The example's place in the set."""
    frame: int | None
    """The frame's index in its clip; None of a still."""
    timestamp: float | None
    """Seconds on the clip's own clock; None of a still."""
    digest: str
    """Tells its pixels from others', whatever file and name they come from, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadExample:
    """An example that was left out, as it cannot be read."""

    path: Path
    """Its file."""
    reason: str
    """Why, as a sentence."""


class SampleReader:
    """Decodes the pictures of a labelled set, in the order of its examples.

    Args:
        data: the labelled data.
        rule: how frames become what a network is shown.
        most_bad: the share of examples, 0 to 1, that may be left out because they cannot be read.
    """

    def __init__(self, data: LabelledSet, rule: PictureRule, *, most_bad: float = 0.01) -> None:
        self.data = data
        self.rule = rule
        self.most_bad = most_bad
        self.bad: list[BadExample] = []
        """Examples that were left out so far."""

    def read(self, examples: Sequence[int] | None = None) -> Iterator[tuple[Sample, Pixels]]:
        """Decode the pictures of some examples, by their places; of all by default.

        A clip is decoded once, however many of its parts are asked for.

        Yields:
            A sample and its (height, width, 3) uint8 RGB pixels at `rule.input_size`.

        Raises:
            DataError: more examples than `most_bad` cannot be read.
        """
        raise NotImplementedError
