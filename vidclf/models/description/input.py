"""Describe a model's input: size, channels, layout, and the frames of a clip model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vidclf.errors import ModelError, UsageError, VidclfError
from vidclf.models.description.evidence import ModelEvidence
from vidclf.models.info import FREE, Layout
from vidclf.models.sizes import MOST_INPUT_NUMBERS, MOST_INPUT_SIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Holds what the shape of one input means."""

    size: tuple[int, int]
    """(height, width) in pixels; `FREE` where it is not known."""
    channels: Literal[1, 3]
    """1 for grey pictures, 3 for RGB."""
    layout: Layout
    """Where the channels stand."""
    window: int | None
    """How many frames a clip model takes, `FREE` where not known; None for single frames."""


def describe_input(evidence: ModelEvidence) -> Input:
    """Read size, channels, layout and window from the shape of a model's input.

    Raises:
        ModelError, UsageError: it takes no pictures, or a source gives another size or window.
    """
    shape, name = evidence.facts.input_shape, evidence.file.shown
    if len(shape) not in (3, 4):
        raise ModelError(
            f"{name} takes input of shape {shape}; vidclf feeds pictures, (height, width, 1 or 3), "
            "or clips of them: save the model with such an Input"
        )
    *frames, first, second, third = shape
    window = _window(evidence, frames[0]) if frames else None
    if window is None and evidence.sidecar.window:
        raise ModelError(f"{evidence.sidecar.file} gives a window, but {name} takes single frames")
    layout: Layout = "channels_last" if third in (1, 3) else "channels_first"
    last = layout == "channels_last"
    sides, channels = ((first, second), third) if last else ((second, third), first)
    if channels not in (1, 3):
        raise ModelError(
            f"{name} takes input of shape {shape}, with no channels first or last; vidclf "
            "feeds 1 (grey) or 3 (RGB)"
        )
    size = _size(evidence, sides)
    _check_numbers(evidence, (window or 1, *size, channels))
    return Input(size=size, channels=1 if channels == 1 else 3, layout=layout, window=window)


def _check_numbers(evidence: ModelEvidence, shape: tuple[int, int, int, int]) -> None:
    """Refuse input that no clip fills and no memory should hold, whoever says so."""
    frames, height, width, channels = shape
    too_wide = max(height, width) > MOST_INPUT_SIDE
    if too_wide or frames * height * width * channels > MOST_INPUT_NUMBERS:
        clips = f"{frames} frames of " if frames > 1 else ""
        raise ModelError(
            f"{evidence.file.shown} takes {clips}{width}x{height} pixels, and vidclf feeds at most "
            f"{MOST_INPUT_SIDE} a side and {MOST_INPUT_NUMBERS:,} numbers at once: save the model "
            "with a smaller Input, or give a smaller --input-size or --window-size if it is free"
        )


def _window(evidence: ModelEvidence, length: int | None) -> int:
    """Choose the window of a clip model whose shape has this length, None where that is free."""
    given, source = evidence.settings.window_size, "--window-size"
    if given is None:
        given, source = evidence.sidecar.window, evidence.sidecar.file
    if length is not None and given not in (None, length):
        raise _error_type(source)(
            f"{evidence.file.shown} takes {length} frames at once, not the {given} of {source}: "
            "leave it out there"
        )
    return length or given or FREE


def _size(evidence: ModelEvidence, sides: tuple[int | None, int | None]) -> tuple[int, int]:
    """Choose the size of an input whose shape has these sides, None where one is free."""
    wanted, source = evidence.settings.input_size, "--input-size"
    if wanted is None:
        wanted, source = evidence.sidecar.input_size, evidence.sidecar.file
    if wanted is None and evidence.file.application:
        wanted = evidence.file.application.input_size
    fallback = wanted or (FREE, FREE)
    height, width = (side or fallback[axis] for axis, side in enumerate(sides))
    if wanted not in (None, (height, width)):
        raise _error_type(source)(
            f"{evidence.file.shown} takes pictures of {width}x{height}, not the "
            f"{wanted[1]}x{wanted[0]} of {source}: leave it out there"
        )
    return height, width


def _error_type(source: str) -> type[VidclfError]:
    """Choose bad usage for what is wrong on the command line, and a wrong model for a file."""
    return UsageError if source.startswith("--") else ModelError
