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
    from vidclf.api import BatchSummary, annotate, annotate_all, predict
    from vidclf.compare import Comparison, compare_tables
    from vidclf.overlay.moviepy_effect import Annotate
    from vidclf.pipeline.summary import RunSummary
    from vidclf.plot import plot_table
    from vidclf.render import RenderSummary, render_table
    from vidclf.report import write_comparison, write_report
    from vidclf.segments.segments import find_segments, write_segments
    from vidclf.settings import Position, Settings
    from vidclf.smooth import smooth_predictions
    from vidclf.table.read import read_predictions

__all__ = [
    "Annotate",
    "BatchSummary",
    "Comparison",
    "Position",
    "RenderSummary",
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
    "Annotate": "vidclf.overlay.moviepy_effect",
    "BatchSummary": "vidclf.api",
    "Comparison": "vidclf.compare",
    "Position": "vidclf.settings",
    "RenderSummary": "vidclf.render",
    "RunSummary": "vidclf.pipeline.summary",
    "Settings": "vidclf.settings",
    "annotate": "vidclf.api",
    "annotate_all": "vidclf.api",
    "compare_tables": "vidclf.compare",
    "find_segments": "vidclf.segments.segments",
    "plot_table": "vidclf.plot",
    "predict": "vidclf.api",
    "read_predictions": "vidclf.table.read",
    "render_table": "vidclf.render",
    "smooth_predictions": "vidclf.smooth",
    "write_comparison": "vidclf.report",
    "write_report": "vidclf.report",
    "write_segments": "vidclf.segments.segments",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'vidclf' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
