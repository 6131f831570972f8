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
    from vidclf.plotting import plot_table
    from vidclf.rendering import Rendered, render_table
    from vidclf.report import write_comparison, write_report
    from vidclf.resmoothing import smooth_predictions
    from vidclf.segmenting import find_segments, write_segments
    from vidclf.settings import Position, Settings
    from vidclf.table.predictions import read_predictions

__all__ = [
    "Annotate",
    "Batch",
    "Comparison",
    "Position",
    "Rendered",
    "RunSummary",
    "Settings",
    "__version__",
    "annotate",
    "annotate_all",
    "compare_tables",
    "find_segments",
    "plot_table",
    "predict",
    "read_predictions",
    "render_table",
    "smooth_predictions",
    "write_comparison",
    "write_report",
    "write_segments",
]

_HOMES = {
    "Annotate": "vidclf.compose",
    "Batch": "vidclf.api",
    "Comparison": "vidclf.comparing",
    "Position": "vidclf.settings",
    "Rendered": "vidclf.rendering",
    "RunSummary": "vidclf.frames",
    "Settings": "vidclf.settings",
    "annotate": "vidclf.api",
    "annotate_all": "vidclf.api",
    "compare_tables": "vidclf.comparing",
    "find_segments": "vidclf.segmenting",
    "plot_table": "vidclf.plotting",
    "predict": "vidclf.api",
    "read_predictions": "vidclf.table.predictions",
    "render_table": "vidclf.rendering",
    "smooth_predictions": "vidclf.resmoothing",
    "write_comparison": "vidclf.report",
    "write_report": "vidclf.report",
    "write_segments": "vidclf.segmenting",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'vidclf' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
