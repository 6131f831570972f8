"""Thirty tiny clips and a tiny model, made on the spot."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from helpers.clips import ClipSpec, Track, make_clip, numbered_picture
from helpers.tiny_model import COLOURS, build_tiny_model
from PIL import Image

_VIDEOS = 28
_WIDTH, _HEIGHT = 96, 72
WORDS = (
    *("annotate", "clips", "loop.gif", "photo.png", "-o", "out"),
    *("-m", "tiny.keras", "--labels", "tiny.txt"),
)
"""What a run over them is started with."""
NAMES = frozenset(
    (*(f"clip_{number:02}.mp4" for number in range(_VIDEOS)), "loop.gif", "photo.png")
)
"""What tables call the clips."""


def make_footage(folder: Path) -> None:
    """Write the clips (one has sound, one is a GIF, one a still) and the model."""
    (folder / "clips").mkdir(parents=True)
    for number in range(_VIDEOS):
        spec = ClipSpec(
            frames=6 + number % 5,
            width=_WIDTH,
            height=_HEIGHT,
            tracks=[Track()] if number == 3 else (),
        )
        make_clip(folder / "clips" / f"clip_{number:02}.mp4", spec)
    pictures = [
        Image.fromarray(numbered_picture(number, width=_WIDTH, height=_HEIGHT))
        for number in range(5)
    ]
    pictures[0].save(folder / "photo.png")
    pictures[0].save(
        folder / "loop.gif", save_all=True, append_images=pictures[1:], duration=100, loop=0
    )
    build_tiny_model().save(folder / "tiny.keras")
    (folder / "tiny.txt").write_text("\n".join(COLOURS) + "\n", encoding="utf-8")


def copy_footage(footage: Path, folder: Path) -> None:
    """Give a case the footage, by second names of its files."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(footage, folder, copy_function=os.link)
