"""What is shown on a clip, and when: labels or values, and the patches they are drawn as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from vidclf.core.frames import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One label with its confidence, as it is drawn."""

    label: str
    """The label's text; its colour goes by it."""
    class_id: int
    """The class's number; -1 when unknown."""
    confidence: float
    """Score, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a regression, as it is drawn."""

    name: str
    """What is measured."""
    number: float
    """The value."""
    unit: str = ""
    """Its unit, "" where it has none."""
    bounds: tuple[float, float] | None = None
    """The lowest and highest to be expected; None for those seen so far."""
    color_id: int | None = None
    """The place of its colour in the palette; None for its place among the values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What is shown at one time of a clip: answers, or values, or nothing."""

    pts_seconds: float
    """From this time on, in seconds on the clip's own clock."""
    answers: tuple[Answer, ...] = ()
    """The top-k answers, or all labels of a multi-label model that count; best first."""
    is_sure: bool | None = None
    """Of a multi-label model: whether the answers reached their thresholds, each for itself. None
    where they are ranked: then the first one is compared with the overlay's threshold."""
    values: tuple[Value, ...] = ()
    """The values of a regression, in the model's order."""

    def __post_init__(self) -> None:
        if self.answers and self.values:
            raise ValueError("an annotation has answers, or values: one of them, not both")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is shown, as where the label is hidden."""
        return not (self.answers or self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A small picture to be blended onto a frame."""

    x: int
    """Left edge in frame pixels."""
    y: int
    """Top edge in frame pixels."""
    rgba: Pixels
    """(h, w, 4) uint8 RGBA, straight (not premultiplied) alpha."""
    key: str
    """Equal keys mean equal pixels at the same size: what a cache may go by."""

    def __post_init__(self) -> None:
        if self.rgba.ndim != 3 or self.rgba.shape[2] != 4 or self.rgba.dtype != np.uint8:
            raise ValueError(f"a patch is (h, w, 4) uint8, not {self.rgba.shape}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchCut:
    """Some columns of a patch, standing in a place of their own.

    So numbers and bars of any length are put together of a few that were drawn.
    """

    x: int
    """Left edge in frame pixels; even."""
    y: int
    """Top edge in frame pixels; even."""
    whole: Patch
    """What it is cut out of; that stands anywhere on even pixels."""
    first: int
    """Its first column of the whole; even."""
    end: int
    """The column after its last one; even."""

    @property
    def rgba(self) -> Pixels:
        """(h, w, 4) uint8 RGBA, straight alpha: a view."""
        return self.whole.rgba[:, self.first : self.end]

    @property
    def key(self) -> str:
        """Equal keys mean equal pixels at the same size."""
        return f"{self.whole.key} [{self.first}:{self.end}]"


Tile: TypeAlias = Patch | PatchCut
"""A part of a `TiledPatch`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiledPatch:
    """A patch of smaller ones, which fill it and lie beside each other.

    From frame to frame most of them stay the very same objects: whoever keeps something made of
    them makes it anew only for those that are others.
    """

    x: int
    """Left edge in frame pixels; even, as that of each tile."""
    y: int
    """Top edge in frame pixels; even, as that of each tile."""
    width: int
    """Pixels across; even."""
    height: int
    """Pixels down; even."""
    tiles: tuple[Tile, ...]
    """The parts, in frame pixels, too."""

    @property
    def rgba(self) -> Pixels:
        """(h, w, 4) uint8 RGBA of the whole, newly put together."""
        whole = np.empty((self.height, self.width, 4), np.uint8)
        for tile in self.tiles:
            height, width = tile.rgba.shape[:2]
            top, left = tile.y - self.y, tile.x - self.x
            whole[top : top + height, left : left + width] = tile.rgba
        return whole

    @property
    def key(self) -> str:
        """Equal keys mean equal pixels at the same size."""
        return " + ".join(tile.key for tile in self.tiles)


AnyPatch: TypeAlias = Patch | TiledPatch
"""What is blended onto a frame."""
