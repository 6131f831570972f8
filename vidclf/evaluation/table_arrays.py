"""The frames of tables and what is true of them, as arrays, and their figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.core.thresholds import DEFAULT_LABEL_THRESHOLD
from vidclf.evaluation.clip_truth import BACKGROUND, ClipTruth
from vidclf.metrics.calibration import expected_calibration_error
from vidclf.metrics.classes import answer_figures
from vidclf.metrics.multi_label import label_figures
from vidclf.metrics.segmental import ClipRuns, runs_of_classes, runs_of_labels, segmental_figures

_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableArrays:
    """The frames of several clips, one clip after the other; fields as in `Evaluation`."""

    labels: tuple[str, ...]
    """Class → name."""
    truth: NDArray[Any]
    """(N,) class ids, or (N, C) whether each label is true."""
    answers: NDArray[Any]
    """The same of what the tables answer."""
    confidences: NDArray[np.float64] | None = None
    """(N,) the answers' scores, of classes."""
    scores: NDArray[np.float32] | None = None
    """(N, C), of labels that do not exclude each other."""
    thresholds: tuple[float, ...] | None = None
    """The score from which each of these counts."""
    background: int | None = None
    """The class of frames that no segment covers."""
    edges: Sequence[NDArray[np.float64]]
    """Of each clip, when each frame is shown, and when the last one ends."""

    @property
    def groups(self) -> NDArray[np.int64]:
        """(N,) the number of each frame's clip."""
        return np.repeat(np.arange(len(self.edges)), [len(edges) - 1 for edges in self.edges])

    def clip(self, number: int) -> TableArrays:
        """The frames of one clip."""
        first = sum(len(edges) - 1 for edges in self.edges[:number])
        rows = slice(first, first + len(self.edges[number]) - 1)
        return replace(
            self,
            truth=self.truth[rows],
            answers=self.answers[rows],
            confidences=None if self.confidences is None else self.confidences[rows],
            scores=None if self.scores is None else self.scores[rows],
            edges=[self.edges[number]],
        )


def class_arrays(clips: Sequence[ClipTruth]) -> TableArrays:
    """The frames of tables with one label a frame; where it has none it is background."""
    true = [label for clip in clips for label in clip.true_labels()]
    answered = [held[0] if held else BACKGROUND for clip in clips for held in clip.answers]
    labels = _ordered(clips, {*true, *answered})
    ids = {label: place for place, label in enumerate(labels)}
    return TableArrays(
        labels=labels,
        truth=np.array([ids[label] for label in true]),
        answers=np.array([ids[label] for label in answered]),
        confidences=np.concatenate([clip.confidences for clip in clips]),
        background=ids.get(BACKGROUND),
        edges=[clip.edges for clip in clips],
    )


def label_arrays(clips: Sequence[ClipTruth], *, threshold: float | None) -> TableArrays:
    """The frames of tables with any number of labels a frame."""
    true = dict.fromkeys(segment.label for clip in clips for segment in clip.segments)
    labels = tuple(dict.fromkeys(clips[0].table.classes) | true)
    own = clips[0].table.thresholds if threshold is None else dict.fromkeys(labels, threshold)
    return TableArrays(
        labels=labels,
        truth=np.concatenate([_true_marks(clip, labels) for clip in clips]),
        answers=np.concatenate([_marks(clip.answers, labels) for clip in clips]),
        scores=np.concatenate([clip.scores(labels) for clip in clips]),
        thresholds=tuple(own.get(label, DEFAULT_LABEL_THRESHOLD) for label in labels),
        edges=[clip.edges for clip in clips],
    )


def table_figures(arrays: TableArrays) -> dict[str, Any]:
    """Measure frames and segments."""
    clips = [arrays.clip(number) for number in range(len(arrays.edges))]
    return {
        "cases": len(arrays.truth),
        "groups": len(clips),
        **_frame_figures(arrays),
        **segmental_figures([_runs(clip) for clip in clips]),
    }


def _frame_figures(arrays: TableArrays) -> dict[str, Any]:
    truth, answers, groups = arrays.truth, arrays.answers, arrays.groups
    if arrays.scores is not None and arrays.thresholds is not None:
        return label_figures(
            *(truth, arrays.scores, answers, arrays.labels),
            thresholds=arrays.thresholds,
            groups=groups,
            seed=_SEED,
        )
    figures = answer_figures(truth, answers, arrays.labels, groups=groups, seed=_SEED)
    return {**figures, "ece": _calibration_error(arrays)}


def _calibration_error(arrays: TableArrays) -> float | None:
    """That of the frames that have an answer with a score."""
    assert arrays.confidences is not None
    scored = ~np.isnan(arrays.confidences)
    if not scored.any():
        return None
    correct = arrays.truth[scored] == arrays.answers[scored]
    return expected_calibration_error(arrays.confidences[scored], correct)


def _runs(clip: TableArrays) -> ClipRuns:
    """The segments of one clip."""
    (edges,) = clip.edges
    is_exclusive = clip.scores is None
    true, answered = (
        runs_of_classes(marks, edges, background=clip.background)
        if is_exclusive
        else runs_of_labels(marks, edges)
        for marks in (clip.truth, clip.answers)
    )
    return ClipRuns(
        true=true,
        answered=answered,
        start_seconds=float(edges[0]),
        end_seconds=float(edges[-1]),
        is_exclusive=is_exclusive,
    )


def _ordered(clips: Sequence[ClipTruth], labels: Collection[str]) -> tuple[str, ...]:
    """Labels by their class in the tables, then those that no table has, then background."""
    known = dict.fromkeys(
        label for clip in clips for label in clip.table.classes if label != BACKGROUND
    )
    others = sorted(set(labels) - {*known, BACKGROUND})
    ordered = [label for label in (*known, *others, BACKGROUND) if label in labels]
    return tuple(ordered)


def _true_marks(clip: ClipTruth, labels: Sequence[str]) -> NDArray[np.bool_]:
    """(N, C) whether each label is true at each frame."""
    marks = np.zeros((len(clip.table.rows), len(labels)), dtype=bool)
    for segment in clip.segments:
        marks[clip.true_rows(segment), labels.index(segment.label)] = True
    return marks


def _marks(held: Sequence[tuple[str, ...]], labels: Sequence[str]) -> NDArray[np.bool_]:
    """(N, C) whether each label holds at each frame."""
    ids = {label: place for place, label in enumerate(labels)}
    marks = np.zeros((len(held), len(labels)), dtype=bool)
    for row, names in enumerate(held):
        marks[row, [ids[name] for name in names]] = True
    return marks
