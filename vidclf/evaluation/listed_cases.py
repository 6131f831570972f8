"""Cases that a page shows: a few of each kind, and of the frames of a clip one for each stretch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.evaluation.results import Evaluation

MOST_OF_A_CELL, MOST_RIGHT_OF_A_CELL = 60, 24
MOST_LISTED = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """Cases that follow each other with the same truth and answer; of stills each by itself."""

    first: NDArray[np.intp]
    """(S,) the place of each stretch's first case."""
    count: NDArray[np.intp]
    """(S,) how many cases it has."""
    shown: NDArray[np.intp]
    """(S,) the case that stands for it: the most confident one."""
    weight: NDArray[np.float64]
    """(S,) how bad it is, if it is wrong: the confidence, or the error, of that case."""
    is_wrong: NDArray[np.bool_]
    """(S,) whether the answer is wrong; True for all numbers."""


def stretches_of(evaluation: Evaluation) -> Stretches:
    """Divide the cases of an evaluation into stretches."""
    weights = _weights(evaluation)
    first = _first_cases(evaluation)
    count = np.diff(np.append(first, len(weights)))
    number = np.repeat(np.arange(len(first)), count)
    order = np.lexsort((np.arange(len(weights)), -weights, number))
    shown = order[first]
    is_number = evaluation.task == "regression"
    wrong = np.ones(len(first), dtype=bool) if is_number else evaluation.is_wrong[first]
    return Stretches(first=first, count=count, shown=shown, weight=weights[shown], is_wrong=wrong)


def worst_of(stretches: Stretches, most: int) -> NDArray[np.intp]:
    """Places of the worst wrong stretches, the worst first."""
    wrong = np.flatnonzero(stretches.is_wrong)
    return wrong[np.argsort(-stretches.weight[wrong], kind="stable")[:most]]


def listed_stretches(evaluation: Evaluation, stretches: Stretches) -> NDArray[np.intp]:
    """Places of the stretches that a page lists: the worst of each pair of true and answered.

    Of what is right those of the least confidence are listed, and fewer.
    """
    worst = worst_of(stretches, len(stretches.first))
    if evaluation.task != "classes":
        return worst[:MOST_LISTED]
    assert evaluation.answers is not None
    right = np.flatnonzero(~stretches.is_wrong)
    right = right[np.argsort(stretches.weight[right], kind="stable")]
    size = len(evaluation.labels)
    cells = evaluation.truth[stretches.first] * size + evaluation.answers[stretches.first]
    kept = [
        places[_rank_within(cells[places]) < most]
        for places, most in ((worst, MOST_OF_A_CELL), (right, MOST_RIGHT_OF_A_CELL))
    ]
    return np.concatenate(kept)[:MOST_LISTED]


def _rank_within(cells: NDArray[Any]) -> NDArray[np.intp]:
    """How many before each are of the same cell."""
    order = np.argsort(cells, kind="stable")
    ordered = cells[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(cells) else order
    lengths = np.diff(np.append(begins, len(cells)))
    ranks = np.empty(len(cells), np.intp)
    ranks[order] = np.arange(len(cells)) - np.repeat(begins, lengths)
    return ranks


def _weights(evaluation: Evaluation) -> NDArray[np.float64]:
    """(N,) how confident each case's answer is; of labels the furthest on the wrong side."""
    if evaluation.task == "regression":
        assert evaluation.predictions is not None
        errors = np.abs(evaluation.predictions - evaluation.truth)
        spread = evaluation.truth.std(axis=0)
        weights: NDArray[np.float64] = (errors / np.where(spread > 0, spread, 1)).max(axis=1)
        return weights
    if evaluation.task == "multi_label":
        return _label_weights(evaluation)
    if evaluation.confidences is None:
        return np.zeros(len(evaluation.truth))
    return np.nan_to_num(evaluation.confidences.astype(np.float64))


def _label_weights(evaluation: Evaluation) -> NDArray[np.float64]:
    assert evaluation.answers is not None
    wrong = evaluation.answers != evaluation.truth
    if evaluation.predictions is None or evaluation.thresholds is None:
        return np.asarray(wrong.sum(axis=1), np.float64)
    distance = np.abs(evaluation.predictions - np.asarray(evaluation.thresholds))
    weights: NDArray[np.float64] = np.where(wrong, distance, 0).max(axis=1).astype(np.float64)
    return weights


def _first_cases(evaluation: Evaluation) -> NDArray[np.intp]:
    """Places at which a stretch begins: another file, truth or answer; of numbers each second."""
    cases = evaluation.cases
    files = np.array([hash(case.path) if case.frame is not None else place
                      for place, case in enumerate(cases)])  # fmt: skip
    said = [files]
    if evaluation.answers is None:
        said.append(np.array([int(case.timestamp or 0) for case in cases]))
    else:
        said += [evaluation.truth, evaluation.answers]
    changes = np.zeros(len(cases) - 1, dtype=bool)
    for column in said:
        differs = column[1:] != column[:-1]
        changes |= differs if differs.ndim == 1 else differs.any(axis=1)
    return np.flatnonzero(np.append(True, changes))
