"""What one input of a model is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vidclf.errors import ModelError
from vidclf.models.info import Layout
from vidclf.models.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """The shape of one input, taken apart."""

    size: tuple[int, int]
    """(height, width) in pixels."""
    channels: Literal[1, 3]
    """Grey or RGB."""
    layout: Layout
    """Where the channels stand."""
    window: int | None
    """Frames, for a clip model."""


def describe_input(said: Said) -> Input:
    """Size, channels, layout and window of a model's input.

    Raises:
        ModelError: it takes no pictures, or a free side of it is given by nobody.
    """
    shape, name = said.facts.input_shape, said.found.path
    if len(shape) not in (3, 4):
        raise ModelError(
            f"{name} takes input of shape {shape}; vidclf feeds pictures, (height, width, 1 or 3), "
            "or clips of them: save the model with such an Input"
        )
    *frames, first, second, third = shape
    window = _window(said, frames[0]) if frames else None
    layout: Layout = "channels_last" if third in (1, 3) else "channels_first"
    last = layout == "channels_last"
    sides, channels = ((first, second), third) if last else ((second, third), first)
    if channels not in (1, 3):
        raise ModelError(
            f"{name} takes input of shape {shape}, with no channels first or last; vidclf "
            "feeds 1 (grey) or 3 (RGB)"
        )
    size = _size(said, sides)
    return Input(size=size, channels=1 if channels == 1 else 3, layout=layout, window=window)


def _window(said: Said, own: int | None) -> int:
    given = said.settings.window_size or said.sidecar.window
    if own is not None and given not in (None, own):
        raise ModelError(
            f"{said.found.path} takes {own} frames at once, not {given}: leave --window-size out"
        )
    window = own or given
    if window is None:
        raise ModelError(
            f"{said.found.path} takes any number of frames at once: give --window-size, the number "
            "it was trained with"
        )
    return window


def _size(said: Said, own: tuple[int | None, int | None]) -> tuple[int, int]:
    wanted = said.settings.input_size or said.sidecar.input_size
    if wanted is None and said.found.application:
        wanted = said.found.application.input_size
    height, width = (
        side if side is not None else (wanted[axis] if wanted else None)
        for axis, side in enumerate(own)
    )
    if height is None or width is None:
        raise ModelError(
            f"{said.found.path} takes pictures of any size: give --input-size WIDTHxHEIGHT, the "
            "size it was trained with"
        )
    if wanted not in (None, (height, width)):
        raise ModelError(
            f"{said.found.path} takes pictures of {width}x{height}, not {wanted[1]}x{wanted[0]}: "
            "leave the input size out"
        )
    return height, width
