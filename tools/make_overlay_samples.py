"""Draw the pictures of docs/overlay.md over photographs that scikit-image carries.

    python tools/make_overlay_samples.py docs/images

The photographs are in the public domain or CC0: see `skimage.data` on each.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from vidclf.core.annotation import Annotation, Answer, Value
from vidclf.core.frames import Pixels
from vidclf.overlay.blend import blend
from vidclf.overlay.colors import INK, NEUTRAL, PAPER, palette_color
from vidclf.overlay.overlay import Overlay
from vidclf.settings import Style

Labels = tuple[tuple[str, int, float], ...]

CAT: Labels = (("Egyptian cat", 0, 0.87), ("tabby cat", 1, 0.09), ("lynx", 2, 0.02))
COFFEE: Labels = (("espresso", 3, 0.91), ("cup", 4, 0.05), ("coffee mug", 5, 0.02))
ROCKET: Labels = (("missile", 5, 0.62), ("projectile", 6, 0.31), ("space shuttle", 1, 0.04))
PORTRAIT: Labels = (("space suit", 6, 0.24), ("military uniform", 7, 0.21), ("mask", 4, 0.12))

SEVERAL: Labels = (("indoors", 0, 0.97), ("drink", 1, 0.91), ("table", 2, 0.83), ("wood", 3, 0.58))
VALUES = (
    Value(name="wind", number=6.2, unit="m/s", bounds=(0.0, 20.0)),
    Value(name="temperature", number=18.4, unit="°C", bounds=(-10.0, 40.0)),
    Value(name="height of the sun", number=-4.13, unit="°", bounds=(-9.0, 9.0)),
)

STORY = ((0.0, CAT), (3.1, COFFEE), (5.4, PORTRAIT), (6.3, CAT), (8.2, ROCKET), (9.4, COFFEE))
SPAN_SECONDS = (0.0, 12.0)


def main(folder: Path) -> None:
    """Write every sample picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    wide = (1280, 720)
    save(sample(data.coffee(), wide, "card", COFFEE, 4.4), folder / "style_card.jpg")
    save(sample(data.chelsea(), wide, "bars", CAT, 7.4), folder / "style_bars.jpg")
    save(sample(data.rocket(), wide, "timeline", ROCKET, 8.9), folder / "style_timeline.jpg")
    save(sample(data.chelsea(), wide, "full", CAT, 7.4), folder / "style_full.jpg")
    whole = sample(data.coffee(), wide, "full", COFFEE, 4.4, knows_all=True)
    save(whole, folder / "whole_table.jpg")
    save(sample(data.astronaut(), (540, 960), "full", PORTRAIT, 5.9), folder / "uncertain.jpg")
    middle = (720, 405)
    save(still(data.coffee(), middle, several(4.4)), folder / "multi_label.jpg")
    gauges = Annotation(pts_seconds=8.9, values=VALUES)
    save(still(data.rocket(), middle, gauges), folder / "gauges.jpg")
    small = Image.fromarray(sample(data.chelsea(), (176, 144), "full", CAT, 7.4))
    save(np.asarray(small.resize((704, 576), Image.Resampling.NEAREST)), folder / "small.jpg")
    swatches().save(folder / "colors.png", optimize=True)


def sample(
    photograph: Pixels,
    size: tuple[int, int],
    style: Style,
    labels: Labels,
    time_seconds: float,
    *,
    knows_all: bool = False,
) -> Pixels:
    """A photograph, cropped and scaled to `size`, as one frame of an annotated clip."""
    pixels = cropped(photograph, size)
    overlay = Overlay(width=size[0], height=size[1], style=style, span=SPAN_SECONDS)
    for start_seconds, told in STORY:
        if knows_all or start_seconds <= time_seconds:
            overlay.add(annotation(start_seconds, told))
    if knows_all:
        overlay.add(annotation(SPAN_SECONDS[1], STORY[-1][1]))
    blend(pixels, overlay.patches(annotation(time_seconds, labels)))
    return pixels


def still(photograph: Pixels, size: tuple[int, int], shown: Annotation) -> Pixels:
    """A photograph with what is shown at one moment, in a clip that shows nothing else."""
    pixels = cropped(photograph, size)
    overlay = Overlay(width=size[0], height=size[1])
    overlay.add(shown)
    blend(pixels, overlay.patches(shown))
    return pixels


def several(pts_seconds: float) -> Annotation:
    """Labels that all count."""
    return replace(annotation(pts_seconds, SEVERAL), is_sure=True)


def annotation(pts_seconds: float, labels: Labels) -> Annotation:
    """The labels as answers at a time."""
    answers = tuple(
        Answer(label=label, class_id=class_id, confidence=confidence)
        for label, class_id, confidence in labels
    )
    return Annotation(pts_seconds=pts_seconds, answers=answers)


def cropped(photograph: Pixels, size: tuple[int, int]) -> Pixels:
    """The middle of a photograph at the proportions of `size`, scaled to it."""
    image = Image.fromarray(photograph)
    scale = min(image.width / size[0], image.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (image.width - width) / 2, (image.height - height) / 2
    box = (left, top, left + width, top + height)
    return np.array(image.resize(size, Image.Resampling.LANCZOS, box=box))


def swatches() -> Image.Image:
    """The first 24 colours and the grey, on the card's ground and on paper."""
    colors = [*(palette_color(place) for place in range(24)), NEUTRAL]
    grounds = [np.full((2 * 44 + 12, 13 * 60 + 12, 3), ground, np.uint8) for ground in (INK, PAPER)]
    for tiles in grounds:
        for place, color in enumerate(colors):
            row, column = (1, 12) if color == NEUTRAL else divmod(place, 12)
            top, left = 12 + row * 44, 12 + column * 60
            tiles[top : top + 32, left : left + 48] = color
    return Image.fromarray(np.vstack(grounds))


def save(pixels: Pixels, file: Path) -> None:
    """Write a JPEG small enough for a repository."""
    Image.fromarray(pixels).save(file, quality=84, optimize=True, progressive=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
