"""How a GIF is made small enough: the best look whose file keeps a limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from vidclf.errors import OutputError
from vidclf.sinks.gif_palette import GifLook


def write_fitting(
    path: Path, encode: Callable[[GifLook], int], *, look: GifLook, limit_bytes: float | None
) -> None:
    """Write a GIF in `look`, or in the first of `smaller_looks` that keeps the limit.

    The ladder is searched by halving, some five trials, as if each look were smaller than the one
    before; what is left in place always keeps the limit.

    Args:
        path: The file that `encode` writes, for the error.
        encode: Writes the file in a look and returns its size in bytes.
        look: The one wanted.
        limit_bytes: The largest size; None for any.

    Raises:
        OutputError: Even the smallest look is too large.
    """
    size = encode(look)
    if limit_bytes is None or size <= limit_bytes:
        return
    looks = smaller_looks(look)
    smallest = encode(looks[-1])
    if smallest > limit_bytes:
        raise OutputError(
            f"{path.name} cannot be made as small as {limit_bytes / 1e6:g} MB: the smallest "
            f"reached is {smallest / 1e6:.2f} MB; allow more or take a shorter part"
        )
    too_large, fitting = -1, len(looks) - 1
    while fitting - too_large > 1:
        middle = (too_large + fitting) // 2
        if encode(looks[middle]) <= limit_bytes:
            fitting = middle
        else:
            too_large = middle
    encode(looks[fitting])


def smaller_looks(look: GifLook) -> list[GifLook]:
    """Ever smaller GIFs, the least missed things first.

    Colours to 128 and 64, pictures a second to 10 and 8, width by fifths down to 160 pixels; then
    5 pictures a second, 32 colours, width down to 80, and 2 pictures a second.
    """
    looks = [look]

    def fewer(**limits: int) -> None:
        last = looks[-1]
        colors = min(last.colors, limits.get("colors", last.colors))
        fps = min(last.fps, Fraction(limits.get("fps", last.fps)))
        if (colors, fps) != (last.colors, last.fps):
            looks.append(replace(last, colors=colors, fps=fps))

    def narrower(least_width: int) -> None:
        while (width := round(looks[-1].width * 0.8)) >= least_width:
            height = max(1, round(width * look.height / look.width))
            looks.append(replace(looks[-1], width=width, height=height))

    for limits in ({"colors": 128}, {"colors": 64}, {"fps": 10}, {"fps": 8}):
        fewer(**limits)
    narrower(160)
    for limits in ({"fps": 5}, {"colors": 32}):
        fewer(**limits)
    narrower(80)
    fewer(fps=2)
    return looks[1:]
