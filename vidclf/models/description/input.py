"""What one input of a model is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vidclf.errors import ModelError, UsageError, VidclfError
from vidclf.models.description.evidence import ModelEvidence
from vidclf.models.info import FREE, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """The shape of one input, taken apart."""

    size: tuple[int, int]
    """(height, width) in pixels; `FREE` where nobody says."""
    channels: Literal[1, 3]
    """Grey or RGB."""
    layout: Layout
    """Where the channels stand."""
    window: int | None
    """Frames, for a clip model; `FREE` where nobody says."""


def describe_input(evidence: ModelEvidence) -> Input:
    """Size, channels, layout and window of a model's input.

    Raises:
        ModelError, UsageError: it takes no pictures, or others than somebody says.
    """
    shape, name = evidence.facts.input_shape, evidence.file.path
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
    return Input(size=size, channels=1 if channels == 1 else 3, layout=layout, window=window)


def _window(evidence: ModelEvidence, own: int | None) -> int:
    given, source = evidence.settings.window_size, "--window-size"
    if given is None:
        given, source = evidence.sidecar.window, evidence.sidecar.file
    if own is not None and given not in (None, own):
        raise _error(source)(
            f"{evidence.file.path} takes {own} frames at once, not the {given} of {source}: leave "
            "it out there"
        )
    return own or given or FREE


def _size(evidence: ModelEvidence, own: tuple[int | None, int | None]) -> tuple[int, int]:
    wanted, source = evidence.settings.input_size, "--input-size"
    if wanted is None:
        wanted, source = evidence.sidecar.input_size, evidence.sidecar.file
    if wanted is None and evidence.file.application:
        wanted = evidence.file.application.input_size
    fallback = wanted or (FREE, FREE)
    height, width = (side or fallback[axis] for axis, side in enumerate(own))
    if wanted not in (None, (height, width)):
        raise _error(source)(
            f"{evidence.file.path} takes pictures of {width}x{height}, not the "
            f"{wanted[1]}x{wanted[0]} of {source}: leave it out there"
        )
    return height, width


def _error(source: str) -> type[VidclfError]:
    """What is wrong on the command line is bad usage, what is wrong in a file a wrong model."""
    return UsageError if source.startswith("--") else ModelError
