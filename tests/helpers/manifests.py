"""Manifests: one in which every field is told, and any that a hand may leave behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from vidclf.errors import SourceError
from vidclf.files.manifest import Manifest

COMPLETE: dict[str, Any] = {
    "format": 1,
    "table_format": 1,
    "video": "naïve 猫.mp4",
    "source": "clips/naïve 猫.mp4",
    "clip": {
        "path": "clips/naïve 猫.mp4",
        "width": 640,
        "height": 360,
        "time_base": "1/30000",
        "frame_rate": "30000/1001",
        "start_seconds": -0.5,
        "duration_seconds": None,
        "has_audio": True,
        "rotation": 90,
        "mirrored": True,
        "color": {"matrix": 1, "full_range": None},
        "codec": "h264",
        "pixel_format": "yuv420p",
    },
    "clip_digest": "ab12",
    "frames_read": 48,
    "frames_inferred": 24,
    "end_seconds": 2.002,
    "reading": {"packets_read": 48},
    "seconds": 1.5,
    "stage_seconds": {"decode": 0.25},
    "runtime": "openvino",
    "precision": {
        "asked": "bf16",
        "used": "bf16",
        "reference": "f32",
        "compared": 50,
        "agreeing": 49,
        "largest_difference": 0.0123,
    },
    "model": {
        "name": "net",
        "digest": "cd34",
        "input_size": [224, 192],
        "preprocessing": "-1-1",
        "resize": {"rule": "crop", "kernel": "area", "crop_fraction": 1.0},
        "head": "regression",
        "window": 16,
        "thresholds": [0.25, 1],
        "units": ["km/h", ""],
        "ranges": [[0, 30.5], [-1, 1]],
        "classes": 2,
        "values": ["speed", "turn"],
    },
    "settings": {
        "smooth": 1,
        "stride": 2,
        "infer_fps": 12.5,
        "threshold": 0.75,
        "style": "bars",
        "position": "top-right",
        "font": "fonts/a.ttf",
        "start": "10f",
        "end": "2.0",
        "fps": 25,
    },
    "outputs": {"video": "out/a_annotated.mp4", "table": "out/a_predictions.csv"},
    "output_digests": {"video": "ef56", "table": "gh78"},
    "notes": ["its first frame is late"],
    "warnings": ["it is damaged", "and cut off"],
    "versions": {"vidclf": "1.2", "python": "3.11"},
    "frames_per_second": 32.0,
    "smoothing": [{"table": "a.csv", "method": "mean", "window": 1.0, "warnings": []}],
}
"""All that vidclf writes and reads, and some of what nothing reads."""

_PARTS = [name for name, value in COMPLETE.items() if isinstance(value, dict)]
_NAMES = st.sampled_from([name for part in _PARTS for name in COMPLETE[part]]) | st.text()
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(_NAMES, values, max_size=3),
    max_leaves=6,
)
_OBJECTS = st.dictionaries(_NAMES, _VALUES, max_size=8)

ANY_MANIFEST = st.dictionaries(
    st.sampled_from(list(COMPLETE)[2:]) | st.text(), _VALUES | _OBJECTS | st.lists(_OBJECTS)
)
"""Any JSON object, mostly with the names of a manifest; NaN and infinity are in some."""

MIXED_MANIFEST = st.builds(
    lambda some, changes: {**{name: COMPLETE[name] for name in some}, **changes},
    st.sets(st.sampled_from(list(COMPLETE))),
    ANY_MANIFEST,
)
"""Part of a right one, with anything in place of other parts."""


def read_or_empty(path: Path) -> Manifest:
    """The manifest in a file; an empty one where it is refused."""
    try:
        return Manifest.read(path)
    except SourceError:
        return Manifest()
