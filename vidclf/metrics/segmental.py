"""How good segments are, not frames: order, overlap, and where they begin and end.

Edit score and F1@k are those of Lea et al. (2017), "Temporal Convolutional Networks for Action
Segmentation and Detection", 0 to 1, as their published code computes them. Background is taken out
first. Over several clips matches are summed up, and edit scores averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.metrics.means import mean_of_known

OVERLAPS = (10, 25, 50)
"""Percent of intersection over union from which segments match."""
_BOUNDARY_OVERLAP = 10
"""The overlap from which begins and ends are compared."""
_ROUNDING = 1e-9
"""Forgives the rounding of seconds, where a share is just what is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The segments of a clip, in order of start."""

    classes: NDArray[np.int64]
    """(S,) the class of each."""
    starts: NDArray[np.float64]
    """(S,) when each begins, in seconds."""
    ends: NDArray[np.float64]
    """(S,) when each ends, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRuns:
    """What is true of a clip, and what was answered."""

    true: Runs
    """Its true segments."""
    answered: Runs
    """Those of its table."""
    start_seconds: float
    """When its first frame is shown."""
    end_seconds: float
    """When its last one ends."""
    is_exclusive: bool = True
    """Whether labels exclude each other, so that segments have one order."""


def runs_of_classes(
    classes: NDArray[np.int64], edges: NDArray[np.float64], *, background: int | None
) -> Runs:
    """The segments of frames that have one class each.

    Args:
        classes: (N,) the class of each frame.
        edges: (N + 1,) when each frame is shown, and when the last one ends, in seconds.
        background: the class that makes no segment.
    """
    changes = np.flatnonzero(np.diff(classes)) + 1
    firsts, lasts = np.append(0, changes), np.append(changes, len(classes))
    kept = np.flatnonzero(classes[firsts] != (-1 if background is None else background))
    firsts, lasts = firsts[kept], lasts[kept]
    return Runs(classes=classes[firsts], starts=edges[firsts], ends=edges[lasts])


def runs_of_labels(held: NDArray[np.bool_], edges: NDArray[np.float64]) -> Runs:
    """The segments of frames that have any number of labels.

    Args:
        held: (N, C) whether each frame has each label.
        edges: (N + 1,) as for `runs_of_classes`.
    """
    padded = np.pad(held.astype(np.int8), ((1, 1), (0, 0)))
    steps = np.diff(padded, axis=0).T  # by label, so that firsts and lasts are in one order
    classes, firsts = np.nonzero(steps == 1)
    lasts = np.nonzero(steps == -1)[1]
    order = np.argsort(firsts, kind="stable")
    return Runs(
        classes=classes[order].astype(np.int64),
        starts=edges[firsts[order]],
        ends=edges[lasts[order]],
    )


def segmental_figures(clips: Sequence[ClipRuns]) -> dict[str, Any]:
    """Measure the segments of clips.

    Returns:
        `edit_score`, `f1_at_10`, `f1_at_25`, `f1_at_50` (None where no clip has a segment, true or
        answered), and `boundary_error`: `median_seconds` and `mean_seconds` of `matched` of all
        `boundaries`, which are the true begins and ends within the clips.
    """
    edits = [_edit_score(clip) for clip in clips if clip.is_exclusive]
    f1 = {f"f1_at_{percent}": _f1(clips, percent / 100) for percent in OVERLAPS}
    return {"edit_score": mean_of_known(edits), **f1, "boundary_error": _boundary_error(clips)}


def edit_distance(first: NDArray[np.int64], second: NDArray[np.int64]) -> int:
    """How many insertions, deletions and changes make one sequence of the other (Levenshtein)."""
    places = np.arange(len(second) + 1)
    row = places
    for count, item in enumerate(first, start=1):
        changed = row[:-1] + (second != item)
        row = np.append(count, np.minimum(row[1:] + 1, changed))
        row = np.minimum.accumulate(row - places) + places  # insertions, one after the other
    return int(row[-1])


def matches(answered: Runs, true: Runs, overlap: float) -> NDArray[np.int64]:
    """The true segment that each answered one matches, by its place; -1 for none.

    In order of time, each takes the true segment of its class with the best intersection over
    union, if that is `overlap` at least and no earlier one took it.

    Args:
        answered: (S) segments.
        true: (T) segments.
        overlap: 0 to 1.

    Returns:
        (S,) places.
    """
    places = np.full(len(answered.classes), -1)
    taken = np.zeros(len(true.classes), dtype=bool)
    if not len(taken):
        return places
    for place, (kind, start, end) in enumerate(
        zip(answered.classes, answered.starts, answered.ends, strict=True)
    ):
        intersections = np.minimum(end, true.ends) - np.maximum(start, true.starts)
        unions = np.maximum(end, true.ends) - np.minimum(start, true.starts)
        shares = intersections / unions * (true.classes == kind)
        best = int(shares.argmax())
        if shares[best] >= overlap - _ROUNDING and not taken[best]:
            taken[best] = True
            places[place] = best
    return places


def _edit_score(clip: ClipRuns) -> float | None:
    longest = max(len(clip.true.classes), len(clip.answered.classes))
    if not longest:
        return None
    return 1 - edit_distance(clip.answered.classes, clip.true.classes) / longest


def _f1(clips: Sequence[ClipRuns], overlap: float) -> float | None:
    matched = sum(int((matches(c.answered, c.true, overlap) >= 0).sum()) for c in clips)
    total = sum(len(clip.answered.classes) + len(clip.true.classes) for clip in clips)
    return 2 * matched / total if total else None


def _boundary_error(clips: Sequence[ClipRuns]) -> dict[str, Any]:
    """How far the begins and ends of matched segments are off.

    Where a true segment begins or ends with its clip, nothing is to be found.
    """
    errors, count = [np.empty(0)], 0
    for clip in clips:
        places = matches(clip.answered, clip.true, _BOUNDARY_OVERLAP / 100)
        found = places >= 0
        for true, answered, edge in (
            (clip.true.starts, clip.answered.starts, clip.start_seconds),
            (clip.true.ends, clip.answered.ends, clip.end_seconds),
        ):
            count += int((true != edge).sum())
            sought = true[places[found]]
            errors.append(np.abs(answered[found] - sought)[sought != edge])
    seconds = np.concatenate(errors)
    return {
        "median_seconds": float(np.median(seconds)) if len(seconds) else None,
        "mean_seconds": float(seconds.mean()) if len(seconds) else None,
        "matched": len(seconds),
        "boundaries": count,
    }
