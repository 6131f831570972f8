"""Tables as runs write them, of scores that tests give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from vidclf.core.frames import Frame, RgbPicture, Scores
from vidclf.inference.smoothing import ScoredFrame, smooth
from vidclf.table import ClassRows, LabelRows, RowFormat, ValueRows
from vidclf.table.csv_writer import TableSink
from vidclf.table.table import Table, open_table

PICTURE = RgbPicture(np.zeros((2, 2, 3), np.uint8))
LABELS = ("cat", "dog", "cup", "sun; moon", "naïve, 猫")


def stored(
    path: Path,
    rows: RowFormat,
    milliseconds: Sequence[int],
    scores: Scores,
    *,
    window: float = 0.0,
    inferred: Sequence[bool] | None = None,
    manifest: dict[str, Any] | None = None,
) -> Table:
    """The table of a run that smooths over `window` seconds, written and opened again.

    Args:
        path: its file; where a manifest is given that lies beside it.
        rows: its columns.
        milliseconds: when each frame is shown.
        scores: (N, C), of which those of frames that are not inferred are not used.
        window: the width of the run's own smoothing.
        inferred: which frames the model saw; all by default.
        manifest: what the run says of itself.
    """
    seen = [True] * len(scores) if inferred is None else inferred
    frames = [
        ScoredFrame(
            frame=Frame(index=i, pts=pts, time_base=Fraction(1, 1000), picture=PICTURE),
            scores=scores[i] if seen[i] else None,
        )
        for i, pts in enumerate(milliseconds)
    ]
    with TableSink(path, rows=rows) as table:
        for _, prediction in smooth(frames, window_seconds=window):
            table.write(prediction)
    if manifest is not None:
        name = path.name.replace("_predictions.csv", "_manifest.json")
        path.with_name(name).write_text(json.dumps(manifest), encoding="utf-8")
    return open_table(path)


def random_scores(seed: int, count: int, classes: int = len(LABELS)) -> Scores:
    """(count, classes) scores of six decimals, which sum to about 1."""
    random = np.random.default_rng(seed)
    return random.dirichlet([0.4] * classes, count).round(6).astype(np.float32)


def class_rows(classes: int = len(LABELS), **changes: Any) -> ClassRows:
    """One label a frame, with the scores of all."""
    return ClassRows(
        **{"video": "a.mp4", "labels": LABELS[:classes], "all_scores": True, **changes}
    )


def label_rows(**changes: Any) -> LabelRows:
    """Any number of labels a frame, each from 0.5 on."""
    known = {"video": "a.mp4", "labels": LABELS, "thresholds": (0.5,) * len(LABELS)}
    return LabelRows(**{**known, **changes})


def value_rows() -> ValueRows:
    """The values of a regression."""
    return ValueRows(video="a.mp4", names=LABELS)


def flicker(letters: str, *, score: float = 0.8) -> tuple[list[int], Scores]:
    """A frame each tenth of a second, the best label of each being that letter of "abc"."""
    scores = np.full((len(letters), 3), (1 - score) / 2, np.float32)
    scores[np.arange(len(letters)), ["abc".index(letter) for letter in letters]] = score
    return [100 * i for i in range(len(letters))], scores
