"""Runs of one label: without those that are too short."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from vidclf.smooth.intervals import AnswerIntervals, in_ticks

Codes = NDArray[np.int32]

_GONE = -1


def without_short_runs(codes: Codes, intervals: AnswerIntervals, *, min_duration: float) -> Codes:
    """Labels of which none lasts shorter than `min_duration` seconds, but for the whole clip's.

    The shortest run (of equal ones the earliest) takes the label of the longer one of its
    neighbours (of equal ones the one before), and is one run with it from then on; and so forth
    until none is too short.

    Args:
        codes: (M,) a number for the label of each inferred frame.
        intervals: the times of these frames.
        min_duration: in seconds; a nanosecond less will do, as timestamps are rounded.
    """
    firsts = np.flatnonzero(np.diff(codes, prepend=codes[0] - 1))
    lengths = np.diff(np.append(intervals.starts[firsts], intervals.ends[-1]))
    runs = _Runs(codes[firsts].tolist(), lengths.tolist())
    runs.join_short(in_ticks(min_duration) - 1)
    left = runs.left()
    counts = np.diff(np.append(firsts[left], len(codes)))
    return np.repeat(np.array([runs.labels[run] for run in left], np.int32), counts)


class _Runs:
    """A chain of runs; joined ones live on under the number of the earlier."""

    def __init__(self, labels: list[int], lengths: list[int]) -> None:
        self.labels = labels
        self._lengths = lengths
        self._before = list(range(-1, len(labels) - 1))
        self._after = [*range(1, len(labels)), _GONE]

    def join_short(self, least: int) -> None:
        lengths = self._lengths
        short = [(length, run) for run, length in enumerate(lengths) if length < least]
        heapify(short)
        while short:
            length, run = heappop(short)
            if lengths[run] != length:
                continue  # it has been joined since
            joined = self._joined(run)
            if joined is None:
                return
            if lengths[joined] < least:
                heappush(short, (lengths[joined], joined))

    def left(self) -> list[int]:
        return [run for run, length in enumerate(self._lengths) if length != _GONE]

    def _joined(self, run: int) -> int | None:
        """Give a run its longer neighbour's label; None where it is the whole clip."""
        before, after = self._before[run], self._after[run]
        if before == after == _GONE:
            return None
        is_before = after == _GONE or (
            before != _GONE and self._lengths[before] >= self._lengths[after]
        )
        self.labels[run] = self.labels[before if is_before else after]
        if after != _GONE and self.labels[after] == self.labels[run]:
            self._swallow(run)
        if before != _GONE and self.labels[before] == self.labels[run]:
            self._swallow(before)
            return before
        return run

    def _swallow(self, run: int) -> None:
        """Join the next run to this one."""
        after = self._after[run]
        self._lengths[run] += self._lengths[after]
        self._lengths[after] = _GONE
        self._after[run] = self._after[after]
        if self._after[run] != _GONE:
            self._before[self._after[run]] = run
