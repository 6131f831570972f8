"""The settings of a run: whole at the edge, in slices inside.

`Settings` has them all, validated. `Options` are the same as keyword arguments, with the wider
types that a program may give; `settings_from` reads them.
"""

from vidclf.settings.choices import (
    DEFAULT_CORNER,
    DEFAULT_STYLE,
    Codec,
    Corner,
    Head,
    LiveMode,
    Precision,
    Style,
)
from vidclf.settings.keywords import (
    DrawingOptions,
    ModelOptions,
    Options,
    settings_from,
    shows_options,
)
from vidclf.settings.lengths import seconds_of
from vidclf.settings.position import Position
from vidclf.settings.settings import Settings
from vidclf.settings.slices import InferenceSettings, LiveSettings, ModelSettings

__all__ = [
    "DEFAULT_CORNER",
    "DEFAULT_STYLE",
    "Codec",
    "Corner",
    "DrawingOptions",
    "Head",
    "InferenceSettings",
    "LiveMode",
    "LiveSettings",
    "ModelOptions",
    "ModelSettings",
    "Options",
    "Position",
    "Precision",
    "Settings",
    "Style",
    "seconds_of",
    "settings_from",
    "shows_options",
]
