"""Tables for pages, written as a run would write them, without a model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.clips import ClipSpec, Track, make_clip
from vidclf.core.file_digest import file_digest

FPS = 24
Run = tuple[str, int, float]
"""A label, for how many frames, with which confidence."""


def class_rows(
    runs: Sequence[Run], *, start: float = 0.0, video: str = "clip.mp4", fps: float = FPS
) -> pd.DataFrame:
    """Rows of one label a frame; classes are numbered as labels appear."""
    names = list(dict.fromkeys(label for label, _, _ in runs))
    frames = [(label, score) for label, count, score in runs for _ in range(count)]
    return pd.DataFrame(
        {
            "video": video,
            "frame": range(len(frames)),
            "timestamp": [round(start + i / fps, 9) for i in range(len(frames))],
            "inferred": True,
            "label": [label for label, _ in frames],
            "class_id": [names.index(label) for label, _ in frames],
            "confidence": [score for _, score in frames],
            "raw_label": [label for label, _ in frames],
            "raw_confidence": [score for _, score in frames],
            "top2_label": "other",
            "top2_confidence": [round((1 - score) / 2, 6) for _, score in frames],
        }
    )


def label_rows(scores: dict[str, Sequence[float]], *, video: str = "clip.mp4") -> pd.DataFrame:
    """Rows of any number of labels a frame; a score of 0.5 holds."""
    count = len(next(iter(scores.values())))
    best = [max(scores, key=lambda name: scores[name][i]) for i in range(count)]
    held = [[name for name in scores if scores[name][i] >= 0.5] for i in range(count)]
    return pd.DataFrame(
        {
            "video": video,
            "frame": range(count),
            "timestamp": [round(i / FPS, 9) for i in range(count)],
            "inferred": True,
            "label": best,
            "class_id": [list(scores).index(name) for name in best],
            "confidence": [scores[name][i] for i, name in enumerate(best)],
            "raw_label": best,
            "raw_confidence": [scores[name][i] for i, name in enumerate(best)],
            "labels": ["; ".join(names) for names in held],
            **{f"score_{name}": values for name, values in scores.items()},
        }
    )


def value_rows(values: dict[str, Sequence[float]], *, video: str = "clip.mp4") -> pd.DataFrame:
    """Rows of values."""
    count = len(next(iter(values.values())))
    return pd.DataFrame(
        {
            "video": video,
            "frame": range(count),
            "timestamp": [round(i / FPS, 9) for i in range(count)],
            "inferred": True,
            **{f"value_{name}": column for name, column in values.items()},
            **{f"raw_{name}": column for name, column in values.items()},
        }
    )


def write_table(folder: Path, rows: pd.DataFrame, *, stem: str = "clip", **manifest: Any) -> Path:
    """Write a table, and a manifest beside it if anything is said of the run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}_predictions.csv"
    rows.to_csv(path, index=False, lineterminator="\n")
    if manifest:
        file = folder / f"{stem}_manifest.json"
        file.write_text(json.dumps({"table_format": 1, **manifest}), encoding="utf-8")
    return path


def numbered_clip(
    path: Path, *, frames: int, first: int = 0, sound: bool = False, **more: Any
) -> Path:
    """A clip of numbered frames, whose first one is shown at `first` / FPS seconds."""
    spec = ClipSpec(
        frames=frames,
        rate=Fraction(FPS),
        pts=[first + i for i in range(frames)],
        tracks=[Track()] if sound else [],
        **more,
    )
    return make_clip(path, spec)


def with_source(clip: Path, **more: Any) -> dict[str, Any]:
    """What a manifest says of the clip that a table was made from."""
    return {"source": str(clip), "clip_digest": file_digest(clip), **more}
