"""How a GIF is made small enough: the best look whose file keeps a limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from vidclf.errors import OutputError
from vidclf.files.temporary_names import shown_path
from vidclf.sinks.gif.palette import GifLook


def write_fitting(
    path: Path, encode: Callable[[GifLook], int], *, look: GifLook, limit_bytes: float | None
) -> str | None:
    """Write a GIF in `look`, or in the first of `smaller_looks` that keeps the limit.

    The ladder is searched by halving, some five trials, as if each look were smaller than the one
    before; what is left in place always keeps the limit.

    Args:
        path: The file that `encode` writes, for the error.
        encode: Writes the file in a look and returns its size in bytes.
        look: The one wanted.
        limit_bytes: The largest size; None for any.

    Returns:
        What was given up, for people; None where nothing was.

    Raises:
        OutputError: Even the smallest look is too large.
    """
    size = encode(look)
    if limit_bytes is None or size <= limit_bytes:
        return None
    looks = smaller_looks(look)
    smallest = encode(looks[-1])
    if smallest > limit_bytes:
        raise OutputError(
            f"{shown_path(path).name} cannot be made as small as {limit_bytes / 1e6:g} MB: the "
            f"smallest reached is {_enough_mb(smallest):g} MB; allow more or take a shorter part"
        )
    too_large, fitting = -1, len(looks) - 1
    while fitting - too_large > 1:
        middle = (too_large + fitting) // 2
        if encode(looks[middle]) <= limit_bytes:
            fitting = middle
        else:
            too_large = middle
    made = encode(looks[fitting])
    told = given_up(look, looks[fitting])
    return f"{shown_path(path).name} has {told}: {made / 1e6:.3g} MB for {size / 1e6:.3g} MB"


def given_up(wanted: GifLook, made: GifLook) -> str:
    """What a look has less than another: `320x180 pixels for 480x270, 64 colours for 256`."""
    parts = []
    if made.width < wanted.width:
        parts.append(f"{made.width}x{made.height} pixels for {wanted.width}x{wanted.height}")
    if made.fps < wanted.fps:
        parts.append(f"{float(made.fps):.3g} pictures a second for {float(wanted.fps):.3g}")
    if made.colors < wanted.colors:
        parts.append(f"{made.colors} colours for {wanted.colors}")
    return ", ".join(parts)


def _enough_mb(size_bytes: int) -> float:
    """Megabytes, up to the next kilobyte, so that a limit of this number can be kept."""
    return math.ceil(size_bytes / 1000) / 1000


def smaller_looks(look: GifLook) -> list[GifLook]:
    """Ever smaller GIFs, what is missed least going first.

    Colours to 128 and 64, then half the frames per second, width by fifths down to 160 pixels;
    then a third of the pictures, 32 colours, width down to 80, a sixth of the pictures. Whole
    parts of the rate keep the pace even.
    """
    looks = [look]
    for colors in (128, 64):
        looks.append(replace(looks[-1], colors=colors))
    looks.append(replace(looks[-1], fps=look.fps / 2))
    looks += _narrower(looks[-1], 160)
    looks.append(replace(looks[-1], fps=look.fps / 3))
    looks.append(replace(looks[-1], colors=32))
    looks += _narrower(looks[-1], 80)
    looks.append(replace(looks[-1], fps=look.fps / 6))
    return looks[1:]


def _narrower(look: GifLook, least_width: int) -> Iterator[GifLook]:
    width = round(look.width * 0.8)
    while width >= least_width:
        height = max(1, round(width * look.height / look.width))
        yield replace(look, width=width, height=height)
        width = round(width * 0.8)
