"""Run a trained Keras classifier over every frame of a video.

    import vidclf

    vidclf.annotate("clip.mp4", gif=True)          # MP4, GIF, CSV and manifest in outputs/
    table = vidclf.predict("clip.mp4")             # a pandas DataFrame, one row a frame
    clip.with_effects([vidclf.Annotate(table)])    # in any MoviePy program

The names are imported when they are used: `import vidclf` is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vidclf._version import __version__

if TYPE_CHECKING:
    from vidclf.api import Batch, annotate, annotate_all, predict
    from vidclf.comparing import Comparison, compare_tables
    from vidclf.compose import Annotate
    from vidclf.frames import RunSummary
    from vidclf.settings import Position, Settings
    from vidclf.table.predictions import read_predictions

__all__ = [
    "Annotate",
    "Batch",
    "Comparison",
    "Position",
    "RunSummary",
    "Settings",
    "__version__",
    "annotate",
    "annotate_all",
    "compare_tables",
    "predict",
    "read_predictions",
]

_HOMES = {
    "Annotate": "vidclf.compose",
    "Batch": "vidclf.api",
    "Comparison": "vidclf.comparing",
    "Position": "vidclf.settings",
    "RunSummary": "vidclf.frames",
    "Settings": "vidclf.settings",
    "annotate": "vidclf.api",
    "annotate_all": "vidclf.api",
    "compare_tables": "vidclf.comparing",
    "predict": "vidclf.api",
    "read_predictions": "vidclf.table.predictions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'vidclf' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
