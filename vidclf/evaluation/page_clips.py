"""Truth and answer of clips over time, as plain values for ribbons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.evaluation.results import ClipFigures, Evaluation
from vidclf.pages.compact_numbers import TICKS_PER_SECOND, steps, ticks

MOST_RIBBONS = 100
_MOST_LABELS = 6
_STILL_SECONDS = 0.04


def clips_data(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Each clip: its figures, and lanes of what is true and what was answered."""
    ends = [*(clip.first_case for clip in evaluation.clips), len(evaluation.cases)][1:]
    return [
        _clip_data(evaluation, clip, slice(clip.first_case, end), has_lanes=number < MOST_RIBBONS)
        for number, (clip, end) in enumerate(zip(evaluation.clips, ends, strict=True))
    ]


def _clip_data(
    evaluation: Evaluation, clip: ClipFigures, rows: slice, *, has_lanes: bool
) -> dict[str, Any]:
    edges = _edges(evaluation, rows)
    assert evaluation.answers is not None
    truth, answers = evaluation.truth[rows], evaluation.answers[rows]
    is_exclusive = truth.ndim == 1
    lanes = _class_lanes if is_exclusive else _label_lanes
    return {
        "name": clip.name,
        "table": str(clip.table),
        "truth": str(clip.truth),
        "figures": {name: clip.metrics.get(name) for name in _FIGURES if name in clip.metrics},
        "start": float(edges[0]),
        "end": float(edges[-1]),
        "frameSeconds": float(edges[-1] - edges[0]) / (len(edges) - 1),
        "ticksPerSecond": TICKS_PER_SECOND,
        "lanes": list(lanes(evaluation, truth, answers, edges)) if has_lanes else [],
    }


_FIGURES = ("accuracy", "macro_f1", "edit_score", "f1_at_10", "f1_at_25", "f1_at_50")


def _edges(evaluation: Evaluation, rows: slice) -> NDArray[np.float64]:
    """When each frame of a clip is shown, and when the last one ends."""
    seconds = np.array([case.timestamp or 0.0 for case in evaluation.cases[rows]])
    usual = float(np.median(np.diff(seconds))) if len(seconds) > 1 else _STILL_SECONDS
    return np.append(seconds, seconds[-1] + usual)


def _class_lanes(
    evaluation: Evaluation,
    truth: NDArray[Any],
    answers: NDArray[Any],
    edges: NDArray[np.float64],
) -> Iterator[dict[str, Any]]:
    for name, ids in (("true", truth), ("predicted", answers)):
        begins = _begins(ids)
        labels = ids[begins]
        is_told = labels != (-1 if evaluation.background is None else evaluation.background)
        yield {"side": name, **_lane(labels, begins, edges, is_told)}
    begins = _begins(truth != answers)
    differs = (truth != answers)[begins]
    yield {"side": "differs", **_lane(np.full(len(begins), -1), begins, edges, differs)}


def _label_lanes(
    evaluation: Evaluation,
    truth: NDArray[Any],
    answers: NDArray[Any],
    edges: NDArray[np.float64],
) -> Iterator[dict[str, Any]]:
    """Two lanes for each of the labels with the most frames that differ."""
    differ = (truth != answers).sum(axis=0)
    present = np.flatnonzero((truth | answers).any(axis=0))
    worst = present[np.argsort(-differ[present], kind="stable")[:_MOST_LABELS]]
    for label in sorted(worst.tolist()):
        for name, held in (("true", truth[:, label]), ("predicted", answers[:, label])):
            begins = _begins(held)
            lane = _lane(np.full(len(begins), label), begins, edges, held[begins])
            yield {"side": name, "of": label, **lane}


def _begins(values: NDArray[Any]) -> NDArray[np.intp]:
    return np.flatnonzero(np.append(True, values[1:] != values[:-1]))


def _lane(
    labels: NDArray[Any],
    begins: NDArray[np.intp],
    edges: NDArray[np.float64],
    is_told: NDArray[np.bool_],
) -> dict[str, Any]:
    starts = ticks(edges[begins])
    ends = ticks(edges[np.append(begins[1:], len(edges) - 1)])
    lengths: list[int] = (ends - starts)[is_told].tolist()
    return {
        "label": labels[is_told].tolist(),
        "start": steps(starts[is_told]),
        "length": lengths,
    }
