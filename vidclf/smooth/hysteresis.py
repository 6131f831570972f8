"""Two thresholds: a label enters at the higher one and leaves below the lower one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vidclf.core.frames import Scores
from vidclf.smooth.intervals import Ticks
from vidclf.smooth.min_duration import Codes
from vidclf.smooth.ranked import RankedLabels
from vidclf.table.cells import rounded_scores

_BLOCK_ROWS = 2**14


def held_labels(ranked: RankedLabels, *, enter: float, leave: float) -> tuple[Codes, int]:
    """What is shown where each frame has one label.

    The shown label stays until its score is below `leave` and, at the same frame, the best one is
    at `enter` or more, which then takes over. The first frame keeps its label.

    Returns:
        (M,) labels, and how many times the shown label stayed only because the table does not tell
        its score, which could have been below `leave`.
    """
    top = np.nanargmax(ranked.scores, axis=1)
    rows = np.arange(len(top))
    best, scores = ranked.codes[rows, top], rounded_scores(ranked.scores[rows, top])
    strong = np.flatnonzero(scores >= enter)
    held, unknown = int(ranked.codes[0, 0]), 0
    switches, labels = [0], [held]
    for start in range(0, len(strong), _BLOCK_ROWS):
        block = strong[start : start + _BLOCK_ROWS]
        score_of = _ScoresOf(ranked, block)
        for place, code in enumerate(best[block].tolist()):
            if code == held:
                continue
            score, is_known = score_of(place, held)
            if score < leave:
                held = code
                switches.append(int(block[place]))
                labels.append(held)
            elif not is_known:
                unknown += 1
    counts = np.diff(np.append(switches, len(rows)))
    return np.repeat(np.array(labels, np.int32), counts), unknown


def triggered(scores: Scores, *, enter: float, leave: float) -> NDArray[np.bool_]:
    """A Schmitt trigger: (M,) scores of one label → whether it holds.

    It holds from the first frame at `enter` or more on, until one is below `leave`; before either
    it does not.
    """
    exact = rounded_scores(scores)
    is_on, is_off = exact >= enter, exact < leave
    decided = np.where(is_on | is_off, np.arange(len(exact)), 0)
    latest: NDArray[np.bool_] = is_on[np.maximum.accumulate(decided)]
    return latest


class _ScoresOf:
    """The scores of any label in a block of rows, and whether they are known."""

    def __init__(self, ranked: RankedLabels, rows: Ticks) -> None:
        self._all = None if ranked.all_scores is None else rounded_scores(ranked.all_scores[rows])
        part = replace(ranked, codes=ranked.codes[rows], scores=ranked.scores[rows])
        self._codes: list[list[int]] = part.codes.tolist()
        self._scores: list[list[float]] = rounded_scores(part.scores).tolist()
        self._most: list[float] = rounded_scores(part.most_of_others()).tolist()

    def __call__(self, place: int, code: int) -> tuple[float, bool]:
        if self._all is not None:
            return float(self._all[place, code]), True
        codes = self._codes[place]
        if code in codes:
            return self._scores[place][codes.index(code)], True
        return self._most[place], False
